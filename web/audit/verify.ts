// Computes the chain of the whole log again, a second party beside the agent: of the copy that is kept here, and of what the agent gives. One check at a time.
import type { Knex } from 'knex';
import type { Logger } from 'winston';
import type { Agent } from '../agent/agent.ts';
import { type CopyCheck, checkCopy } from './check-copy.ts';
import { checkHost, type HostCheck } from './check-host.ts';
import type { LogRow } from './store.ts';

export interface Check extends CopyCheck, HostCheck {
  log: number;
  account: string;
  started_at: number;
  ended_at: number;
  entries: number;
  /** The hash of the last line, to compare with the one in the host's journal. */
  newest: string;
}

export interface Progress {
  stage: 'copy' | 'host';
  done: number;
  total: number;
}

export interface Verifier {
  /** Of the check that runs now. */
  progress(): Progress | undefined;
  /** Begins one; false where one is running. `isCurrent`: the agent has this log too. */
  begin(log: LogRow, isCurrent: boolean, account: string): boolean;
  close(): Promise<void>;
}

class Closed extends Error {}

export function openVerifier(db: Knex, agent: Agent, now: () => number, log: Logger): Verifier {
  let progress: Progress | undefined;
  let running = Promise.resolve();
  let closed = false;

  async function check(kept: LogRow, isCurrent: boolean, account: string): Promise<void> {
    const started_at = now();
    const end = { n: Number(kept.last_n), hash: kept.last_hash };
    const telling = (stage: Progress['stage']) => (done: number) => {
      if (closed) throw new Closed();
      progress = { stage, done, total: end.n };
    };
    const copy = await checkCopy(db, kept.log, end, telling('copy'));
    telling('host')(0);
    const host = isCurrent
      ? await checkHost(agent, end, telling('host'))
      : ({ host: 'not-asked', host_n: null } as const);
    if (closed) return;
    const said = { log: kept.log, account, started_at, ended_at: now(), entries: end.n, newest: end.hash };
    await db<Check>('audit_checks').insert({ ...said, ...copy, ...host });
    if (!isSound({ ...copy, ...host })) log.error('the audit log was checked and is not whole', { ...copy, ...host });
  }

  return {
    progress: () => progress,
    begin(kept, isCurrent, account) {
      if (progress || closed) return false;
      progress = { stage: 'copy', done: 0, total: Number(kept.last_n) };
      running = check(kept, isCurrent, account)
        .catch(error => {
          if (!(error instanceof Closed)) log.error('the check of the audit log failed', { error });
        })
        .finally(() => {
          progress = undefined;
        });
      return true;
    },
    async close() {
      closed = true;
      // What the agent still owes an answer to ends with the connection to it.
      if (progress?.stage === 'copy') await running;
    },
  };
}

export const isSound = ({ copy, host }: CopyCheck & HostCheck): boolean =>
  copy === 'sound' && ['sound', 'away', 'not-asked'].includes(host);

export async function lastChecks(db: Knex, most: number): Promise<Check[]> {
  const rows = await db<Check>('audit_checks').orderBy('id', 'desc').limit(most);
  return rows.map(row => ({ ...row, entries: Number(row.entries), ended_at: Number(row.ended_at) }));
}
