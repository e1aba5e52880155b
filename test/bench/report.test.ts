import { describe, expect, it } from 'vitest';
import { documentOf, type Figure, type Row, tableOf, verdictOf } from './report.ts';

const time = (value: number): Figure => ({ value, atLeast: 300, aim: 120, show: number => `${number} µs` });
const rate = (value: number): Figure => ({ value, atLeast: 0.5, aim: 0.7, more: true, show: number => `${number}×` });
const row = (...figures: Figure[]): Row => ({ what: 'a row', figures });

describe('verdictOf', () => {
  it('asks of every figure what the row asks', () => {
    expect(verdictOf(row(time(120)))).toBe('aim reached');
    expect(verdictOf(row(time(120), time(121)))).toBe('at least reached');
    expect(verdictOf(row(time(120), time(301)))).toBe('missed');
  });

  it('takes more for better only where it is', () => {
    expect(verdictOf(row(rate(0.7)))).toBe('aim reached');
    expect(verdictOf(row(rate(0.69)))).toBe('at least reached');
    expect(verdictOf(row(rate(0.49)))).toBe('missed');
  });

  it('never passes what was not measured', () => {
    expect(verdictOf(row(time(1), time(Number.NaN)))).toBe('not measured');
    expect(verdictOf(row(time(301), time(Number.NaN)))).toBe('missed');
    expect(tableOf([row(time(Number.NaN))])).toContain('| not measured | not measured |');
  });
});

describe('the report', () => {
  it('puts each bound beside its figure', () => {
    expect(
      tableOf([row(time(100), rate(0.6))])
        .split('\n')
        .at(-1),
    ).toBe('| a row | ≤ 300 µs; ≥ 0.5× | ≤ 120 µs; ≥ 0.7× | 100 µs; 0.6× | at least reached |');
  });

  it('says when and with which Node it was measured', () => {
    const text = documentOf([row(time(100))], new Date('2026-11-21T12:00:00Z'), ['A remark.']);
    expect(text).toMatch(new RegExp(`^2026-11-21, .*, Node ${process.version}\\.$`, 'm'));
    expect(text).toMatch(/^- A remark\.$/m);
  });
});
