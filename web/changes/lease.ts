// Who runs a change: one process at a time, which says every moment that it still does, and no two changes of one subject.
import type { Knex } from 'knex';
import { isDuplicate } from '../database.ts';
import type { Subject } from './change.ts';
import { type ChangeRow, findChange } from './store.ts';

export const leaseMs = 5_000;

const nameOf = ({ kind, name }: Subject) => `${kind} ${name}`;

/** `taken`: it does not wait to be run any more. A row: that change has its hands on the same subject. */
export type Claimed = 'claimed' | 'taken' | ChangeRow;

/** Of two that press Run at once, one gets it; of two changes of one subject, one. */
export async function claim(
  db: Knex,
  id: string,
  owner: string,
  touches: readonly Subject[],
  now: number,
): Promise<Claimed> {
  const subjects = [...new Set(touches.map(nameOf))].sort();
  try {
    return await db.transaction(async trx => {
      const claimed = await trx('changes')
        .where({ id, state: 'planned' })
        .update({ state: 'running', owner, lease_until: now + leaseMs, started_at: now });
      if (claimed !== 1) return 'taken';
      for (const subject of subjects) await trx('change_subjects').insert({ subject, change_id: id });
      return 'claimed';
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const held = await db('change_subjects').whereIn('subject', subjects).first('change_id');
    const other = held && (await findChange(db, held.change_id));
    return other ?? claim(db, id, owner, touches, now);
  }
}

/** The host did not open it (a wrong code): it stays as it was planned. */
export async function unclaim(db: Knex, id: string): Promise<void> {
  await db.transaction(async trx => {
    await trx('change_subjects').where('change_id', id).delete();
    await trx('changes')
      .where({ id, state: 'running' })
      .update({ state: 'planned', started_at: null, owner: null, lease_until: null });
  });
}

/** Whether this process still holds it, for a while longer; undefined where another has taken it over. */
export async function hold(
  db: Knex,
  id: string,
  owner: string,
  now: number,
): Promise<{ cancelAsked: boolean } | undefined> {
  const held = await db('changes')
    .where({ id, owner })
    .update({ lease_until: now + leaseMs });
  if (held !== 1) return undefined;
  const row = await db<ChangeRow>('changes').where({ id }).first('cancel_asked');
  return { cancelAsked: Boolean(row?.cancel_asked) };
}

export async function renewAll(db: Knex, owner: string, ids: readonly string[], now: number): Promise<void> {
  await db('changes')
    .where({ owner })
    .whereIn('id', [...ids])
    .update({ lease_until: now + leaseMs });
}

/** What is under way and held by nobody, each now held by this process. */
export async function takeOver(db: Knex, owner: string, mine: ReadonlySet<string>, now: number): Promise<ChangeRow[]> {
  const open = await db<ChangeRow>('changes').whereIn('state', ['running', 'parked']).select('id', 'lease_until');
  const taken: ChangeRow[] = [];
  for (const { id, lease_until } of open) {
    // Far ahead: the clock was set back.
    const held = lease_until !== null && Number(lease_until) > now && Number(lease_until) <= now + 2 * leaseMs;
    if (held || mine.has(id)) continue;
    const won = await db('changes')
      .where({ id, lease_until })
      .whereIn('state', ['running', 'parked'])
      .update({ owner, lease_until: now + leaseMs });
    const row = won === 1 && (await findChange(db, id));
    if (row) taken.push(row);
  }
  return taken;
}

/** Whoever starts next need not wait. */
export async function release(db: Knex, id: string, owner: string): Promise<void> {
  await db('changes').where({ id, owner }).update({ lease_until: 0 });
}
