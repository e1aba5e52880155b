// The history of the host in the database: every sample counts in a span of each length, and spans too old for their length go.
import type { Knex } from 'knex';

/** Load, shares of a whole from 0 to 1, degrees: by the name of the figure. */
export type Figures = Readonly<Record<string, number>>;

interface Row {
  /** How long the span is, in ms. */
  step: number;
  /** Its begin, in ms since 1970. */
  at: number;
  figure: string;
  mean: number;
  low: number;
  high: number;
  /** How many samples it is made of. */
  n: number;
}
export interface Span extends Pick<Row, 'figure' | 'mean' | 'low' | 'high'> {
  begins: number;
}

const secondMs = 1_000;
const dayMs = 86_400 * secondMs;
export const sampleMs = 10 * secondMs;

/** What is kept, finest first. */
export const kept = [
  { step: sampleMs, forMs: dayMs },
  { step: 300 * secondMs, forMs: 30 * dayMs },
  { step: 3_600 * secondMs, forMs: 365 * dayMs },
] as const;

/** After a long time without the dashboard much is too old at once: a sample takes away no more than so many spans of a length. */
const goneAtOnce = 500;

export async function addSample(db: Knex, at: number, figures: Figures): Promise<void> {
  await db.transaction(async trx => {
    const open = kept.map(({ step }) => [step, at - (at % step)] as const);
    const before = await trx<Row>('host_history').whereIn(['step', 'at'], open);
    const rows = open.flatMap(([step, begin]) =>
      Object.entries(figures).map(([figure, value]) => {
        const row = before.find(one => one.step === step && one.figure === figure);
        return { step, at: begin, figure, ...(row ? joined(row, value) : { ...same(value), n: 1 }) };
      }),
    );
    if (rows.length > 0) await trx<Row>('host_history').insert(rows).onConflict(['step', 'at', 'figure']).merge();
    for (const { step, forMs } of kept)
      if (!before.some(row => row.step === step)) await dropOld(trx, step, at - forMs);
  });
}

const same = (value: number) => ({ mean: value, low: value, high: value });

function joined({ mean, low, high, n }: Row, value: number): Omit<Row, 'step' | 'at' | 'figure'> {
  return { mean: mean + (value - mean) / (n + 1), low: Math.min(low, value), high: Math.max(high, value), n: n + 1 };
}

async function dropOld(trx: Knex, step: number, before: number): Promise<void> {
  const oldest = await trx<Row>('host_history').where({ step }).min('at as at').first();
  const end = Math.min(before, Number(oldest?.at ?? before) + goneAtOnce * step);
  await trx<Row>('host_history').where({ step }).where('at', '<', end).delete();
}

/** The spans of `step` from `from` up to `to`, put together to a `width` that is a multiple of it; in order of time. */
export async function readSpans(db: Knex, step: number, width: number, from: number, to: number): Promise<Span[]> {
  const rows: Span[] = await db('host_history')
    .where({ step })
    .where('at', '>=', from)
    .where('at', '<', to)
    .select('figure', db.raw('at - at % ? as begins', [width]))
    .select(db.raw('sum(mean * n) / sum(n) as mean, min(low) as low, max(high) as high'))
    .groupBy('begins', 'figure')
    .orderBy('begins');
  return rows.map(row => ({ ...row, begins: Number(row.begins) }));
}
