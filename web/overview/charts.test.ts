import { expect, it } from 'vitest';
import { chartsOf, fromFirst, pathThrough, pooled, tableOf } from './charts.ts';
import { diskFigure } from './history.ts';

const line = (...values: (number | null)[]) => ({ mean: values, low: values, high: values });
const history = (lines: Record<string, ReturnType<typeof line>>) => ({ from: 0, width: 1_000, lines });

it('draws from left to right, higher for more, and breaks where nothing is known', () => {
  expect(pathThrough([0, 0.5, 1], 0, 1)).toBe('M0 98L300 50L600 2');
  expect(pathThrough([0, null, 1, 1], 0, 1)).toBe('M0 98h1M400 2L600 2');
  expect(pathThrough([], 0, 1)).toBe('');
});

it('makes a chart of each kind that there is something for, and one of all disks', () => {
  const found = chartsOf(
    history({ load: line(0.5, 3), [diskFigure('/')]: line(0.4, 0.4), [diskFigure('/srv')]: line(0.8, 0.8) }),
  );
  expect(found.map(({ id, lines, most }) => [id, lines.map(({ label }) => label), most])).toEqual([
    ['load', ['Load'], 3],
    ['disks', ['System disk', 'Disk /srv'], 1],
  ]);
  expect(chartsOf(history({}))).toEqual([]);
});

it('begins a chart where something is known, not before, and keeps what is known all along', () => {
  const late = history({
    load: line(...Array(100).fill(null), ...Array(50).fill(1)),
    memory: line(...Array(150).fill(null)),
  });
  expect(fromFirst(late)).toMatchObject({ from: 100_000, since: 100_000, lines: { load: line(...Array(50).fill(1)) } });
  expect(fromFirst(late).lines.memory?.mean).toHaveLength(50);
  const whole = history({ load: line(...Array(150).fill(1)) });
  expect(fromFirst(whole)).toEqual(whole);
});

it('keeps a chart of a dashboard that has just begun some spans wide, and one of nothing as it is', () => {
  const young = fromFirst(history({ load: line(...Array(100).fill(null), 1) }));
  expect(young).toMatchObject({ from: 71_000, since: 100_000 });
  expect(young.lines.load?.mean).toHaveLength(30);
  const nothing = history({ load: line(...Array(100).fill(null)) });
  expect(fromFirst(nothing)).toEqual(nothing);
});

it('puts several spans together, and knows nothing only where none of them did', () => {
  const { width, lines } = pooled(history({ load: line(1, 3, null, 5, null, null) }), 3);
  expect(width).toBe(2_000);
  expect(lines.load).toEqual({ mean: [2, 5, null], low: [1, 5, null], high: [3, 5, null] });
});

it('says the same in a table, newest first', () => {
  const long = history({ load: line(...Array.from({ length: 24 }, (_, at) => (at < 2 ? null : at))) });
  const { heads, rows } = tableOf(long, chartsOf(long));
  expect(heads).toEqual(['Load']);
  expect(rows).toHaveLength(12);
  expect(rows[0]).toEqual({ from: 22_000, to: 24_000, cells: ['22.50 (22.00 to 23.00)'] });
  expect(rows.at(-1)?.cells).toEqual(['–']);
});
