import type { Knex } from 'knex';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyDatabase } from '../database.fixture.ts';
import { addSample, kept, readSpans } from './store.ts';

const secondMs = 1_000;
const hourMs = 3_600 * secondMs;
const dayMs = 24 * hourMs;
const start = Date.UTC(2026, 0, 1);
const [fine, middle, coarse] = kept.map(({ step }) => step) as [number, number, number];

describe('the history of the host', () => {
  let db: Knex;
  beforeEach(async () => {
    db = await emptyDatabase();
  });
  afterEach(() => db.destroy());

  const count = async (step: number) => Number((await db('host_history').where({ step }).count('* as n'))[0]?.n);

  it('counts a sample in a span of each length, with mean, lowest and highest', async () => {
    for (const [second, load] of [0.2, 0.4, 0.9].entries()) await addSample(db, start + second * fine, { load });
    const spans = (step: number) => readSpans(db, step, step, start, start + hourMs);
    expect((await spans(fine)).map(({ mean }) => mean)).toEqual([0.2, 0.4, 0.9]);
    for (const step of [middle, coarse]) {
      const [only, ...more] = await spans(step);
      expect(only).toMatchObject({ begins: start, figure: 'load', low: 0.2, high: 0.9 });
      expect(only?.mean).toBeCloseTo(0.5);
      expect(more).toEqual([]);
    }
  });

  it('takes two samples of one span for one, and keeps a figure that came later apart', async () => {
    await addSample(db, start, { load: 1 });
    await addSample(db, start + 3 * secondMs, { load: 2, temperature: 40 });
    expect(await readSpans(db, fine, fine, start, start + fine)).toEqual([
      { begins: start, figure: 'load', mean: 1.5, low: 1, high: 2 },
      { begins: start, figure: 'temperature', mean: 40, low: 40, high: 40 },
    ]);
  });

  it('puts spans together by how much each is made of', async () => {
    for (const at of [0, 10, 20]) await addSample(db, start + at * secondMs, { load: 1 });
    await addSample(db, start + middle, { load: 5 });
    expect(await readSpans(db, middle, coarse, start, start + hourMs)).toEqual([
      { begins: start, figure: 'load', mean: 2, low: 1, high: 5 },
    ]);
  });

  it('stays within its bounds when every length has been kept for as long as it is, and right to the end', async () => {
    const end = start + 400 * dayMs;
    const full = end - 2 * hourMs;
    // The load is the day of the year, so that every mean is known.
    const load = (at: number) => Math.floor((at - start) / dayMs);
    const rows = kept.flatMap(({ step, forMs }) =>
      Array.from({ length: forMs / step }, (_, span) => rowOf(step, full - forMs + span * step, load)),
    );
    await db.batchInsert('host_history', rows, 400);
    for (let at = full; at < end; at += fine) {
      await addSample(db, at, { load: load(at) });
      if (at % middle === 0) await expectBounds();
    }
    const days = await readSpans(db, coarse, dayMs, end - 300 * dayMs, end);
    expect(days.map(({ begins, mean, low, high }) => [begins, mean, low, high])).toEqual(
      Array.from({ length: 300 }, (_, at) => {
        const begins = end - 300 * dayMs + at * dayMs;
        return [begins, load(begins), load(begins), load(begins)];
      }),
    );
  });

  const rowOf = (step: number, at: number, load: (at: number) => number) => ({
    ...{ step, at, figure: 'load', n: step / fine },
    ...{ mean: load(at), low: load(at), high: load(at) },
  });
  async function expectBounds(): Promise<void> {
    for (const { step, forMs } of kept) {
      const rows = await count(step);
      expect(rows).toBeGreaterThanOrEqual(forMs / step - 1);
      expect(rows).toBeLessThanOrEqual(forMs / step + 1);
    }
  }

  it('takes what is too old away in small parts after a long time without the dashboard', async () => {
    const rows = Array.from({ length: 2_000 }, (_, span) => rowOf(fine, start + span * fine, () => 1));
    await db.batchInsert('host_history', rows, 200);
    const counts = [];
    for (let tick = 0; tick < 6; tick++) {
      await addSample(db, start + 30 * dayMs + tick * fine, { load: 1 });
      counts.push(await count(fine));
    }
    expect(counts).toEqual([1_501, 1_002, 503, 4, 5, 6]);
  });
});
