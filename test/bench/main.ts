// npm run bench: measures the rows of design.md's table and writes docs/benchmarks.md. Exit 1 where "at least" is missed.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { measureAgent } from './agent-rows.ts';
import { measureAudit } from './audit.ts';
import { measureBesideCockpit } from './cockpit.ts';
import { documentOf, tableOf, verdictOf } from './report.ts';
import { measureWeb } from './web.ts';

if (process.platform !== 'linux' || process.getuid?.() !== 0) {
  console.error('npm run bench measures the agent in real mode, which needs Linux and uid 0; nothing was measured.');
  process.exit(1);
}

const parts = [await measureAgent(), await measureWeb(), await measureAudit(), await measureBesideCockpit()];
const rows = parts.flatMap(part => part.rows);
const remarks = parts.flatMap(part => part.remarks);
console.log(tableOf(rows));
for (const remark of remarks) console.log(remark);
const file = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url));
writeFileSync(file, documentOf(rows, new Date(), remarks));
if (rows.some(row => verdictOf(row) === 'missed')) process.exitCode = 1;
