// The table of design.md with what was measured, for the terminal and for docs/benchmarks.md.
import { cpus } from 'node:os';

export interface Figure {
  /** NaN where it could not be measured. */
  value: number;
  atLeast: number;
  aim: number;
  /** Whether more is better; less is, as a rule. */
  more?: boolean;
  show: (value: number) => string;
}

export interface Row {
  what: string;
  figures: readonly Figure[];
}

export type Verdict = 'aim reached' | 'at least reached' | 'missed' | 'not measured';

export function verdictOf({ figures }: Row): Verdict {
  const measured = figures.filter(({ value }) => !Number.isNaN(value));
  const within = (bound: (figure: Figure) => number) =>
    measured.every(figure => (figure.more ? figure.value >= bound(figure) : figure.value <= bound(figure)));
  if (!within(figure => figure.atLeast)) return 'missed';
  if (measured.length < figures.length) return 'not measured';
  return within(figure => figure.aim) ? 'aim reached' : 'at least reached';
}

export function tableOf(rows: readonly Row[]): string {
  const bound = (figure: Figure, value: number) => `${figure.more ? '≥' : '≤'} ${figure.show(value)}`;
  const cells = rows.map(row => [
    row.what,
    row.figures.map(figure => bound(figure, figure.atLeast)).join('; '),
    row.figures.map(figure => bound(figure, figure.aim)).join('; '),
    row.figures.map(({ value, show }) => (Number.isNaN(value) ? 'not measured' : show(value))).join('; '),
    verdictOf(row),
  ]);
  const lines = [['what', 'at least', 'aim', 'measured', 'verdict'], ['---', '---', '---', '---', '---'], ...cells];
  return lines.map(line => `| ${line.join(' | ')} |`).join('\n');
}

export function documentOf(rows: readonly Row[], today: Date, remarks: readonly string[]): string {
  const processors = cpus();
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`, which measures on the machine it runs on. Where a figure has a ×, both sides were measured in turns',
    'in one run, and medians compared.',
    '',
    `${today.toISOString().slice(0, 10)}, ${processors.length} × ${processors[0]?.model.trim()}, Node ${process.version}.`,
    '',
    tableOf(rows),
    '',
    ...remarks.map(remark => `- ${remark}`),
    '',
  ].join('\n');
}
