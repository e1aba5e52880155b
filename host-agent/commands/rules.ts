// gatehouse-agent rules: the rules as a table; exit code 1 where one is broken.
import { readRules } from '../rule-files.ts';
import type { Settings } from '../settings.ts';

export async function rules(settings: Settings): Promise<number> {
  const rows = readRules(settings.ruleFolders, settings.mode).map(rule => [
    rule.id,
    rule.off ? 'off' : rule.confirm === 'none' ? (rule.reads ? 'reads' : '') : rule.confirm,
    rule.by === 'owner' ? 'owner' : '',
    `${rule.write ? 'write ' : ''}${rule.pattern}`,
    rule.why,
  ]);
  const table = [['rule', 'confirm', 'by', 'pattern', 'why'], ...rows];
  const widths = [0, 1, 2].map(column => Math.max(...table.map(row => (row[column] as string).length)));
  for (const [id = '', confirm = '', by = '', pattern = '', why = ''] of table)
    console.log(
      [id.padEnd(widths[0] ?? 0), confirm.padEnd(widths[1] ?? 0), by.padEnd(widths[2] ?? 0), pattern, `— ${why}`].join(
        '  ',
      ),
    );
  console.log(`${rows.length} rules`);
  return 0;
}
