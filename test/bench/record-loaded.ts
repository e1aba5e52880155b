// Preloaded into an agent: writes the files that it loaded to $BENCH_LOADED when it exits.
import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const files = new Set<string>();
registerHooks({
  load(url, context, next) {
    if (url.startsWith('file:')) files.add(fileURLToPath(url));
    return next(url, context);
  },
});
process.on('exit', () => {
  const { sharedObjects } = process.report.getReport() as { sharedObjects: string[] };
  for (const file of sharedObjects) if (file.endsWith('.node')) files.add(file);
  writeFileSync(process.env.BENCH_LOADED ?? '', [...files].join('\n'));
});
