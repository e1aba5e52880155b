// The row of the audit log: the first page of a filter over 1,000,000 mirrored entries, in the database that a small house has.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Filter, findEntries } from '../../web/audit/find.ts';
import { openDatabase } from '../../web/database.ts';
import { median } from './measure.ts';
import type { Row } from './report.ts';

const entries = 1_000_000;
const rounds = 7;
const nothing: Filter = {
  ...{ log: 1, text: '', rule: '', account: '', user: '', change: '', outcome: '' },
  ...{ since: undefined, until: undefined, before: undefined },
};
const day = 86_400_000;

/** What people filter by, each alone and some together; the slowest is what counts. */
const filters: Record<string, Partial<Filter>> = {
  everything: {},
  'one rule': { rule: 'users.rename' },
  'one account': { account: 'account-7' },
  'one user': { user: 'user-77' },
  refused: { outcome: 'refused' },
  'a day last year': { since: 300 * day, until: 301 * day },
  'a rule and an account': { rule: 'users.password', account: 'account-3' },
  'a user, refused': { user: 'user-50', outcome: 'refused' },
  'a common text': { text: 'user-1' },
  'a text that is nowhere': { text: 'nowhere' },
};

export async function measureAudit(): Promise<{ rows: Row[]; remarks: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-audit-'));
  const db = await openDatabase(`sqlite:${join(folder, 'web.db')}`);
  try {
    await db.raw(`INSERT INTO audit_entries
      WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ${entries})
      SELECT 1 AS log, n, n * ${Math.floor((365 * day) / entries)} AS at, 'intent' AS kind,
        CASE n % 50 WHEN 0 THEN 'refused' WHEN 1 THEN 'failed' ELSE 'done' END AS outcome,
        CASE n % 4 WHEN 0 THEN 'users.rename' WHEN 1 THEN 'users.password' WHEN 2 THEN 'keys.write' ELSE 'users.create' END AS rule,
        'account-' || (n % 9) AS account, '192.168.1.' || (n % 200) AS ip, 'c_' || (n / 3) AS change_id,
        '/usr/sbin/usermod -c ''Name ' || n || ''' user-' || (n % 500) AS line, '' AS also, 0 AS code, 3 AS ms,
        NULL AS problem, n + 1 AS ended_n, 'user-' || (n % 500) AS user FROM counted`);
    const times: [string, number][] = [];
    for (const [what, filter] of Object.entries(filters)) {
      const taken: number[] = [];
      for (let n = 0; n < rounds; n++) {
        const began = performance.now();
        const { rows } = await findEntries(db, { ...nothing, ...filter }, entries);
        taken.push(performance.now() - began);
        if (rows.length === 0 && what !== 'a text that is nowhere') throw new Error(`${what} found nothing`);
      }
      times.push([what, median(taken)]);
    }
    const show = (value: number) => `${value.toFixed(1)} ms`;
    const slowest = Math.max(...times.map(([, ms]) => ms));
    return {
      rows: [
        {
          what: 'web: filter 1,000,000 mirrored entries of the audit log, first page, the slowest filter',
          figures: [{ value: slowest, atLeast: 150, aim: 40, show }],
        },
      ],
      remarks: [`Filters of the audit log: ${times.map(([what, ms]) => `${what} ${show(ms)}`).join(', ')}.`],
    };
  } finally {
    await db.destroy();
    rmSync(folder, { recursive: true });
  }
}
