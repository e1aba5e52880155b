// Every migration, oldest first. One that has been released is never changed; a new one is added at the end.
import type { Knex } from 'knex';
import * as accounts from './0001_accounts.ts';
import * as changes from './0002_changes.ts';
import * as audit from './0003_audit.ts';
import * as roles from './0004_roles.ts';
import * as jobs from './0005_jobs.ts';
import * as tries from './0006_tries.ts';
import * as factors from './0007_factors.ts';
import * as auditChecks from './0008_audit.ts';
import * as history from './0009_history.ts';
import * as userNumber from './0010_user_number.ts';

export interface Migration {
  name: string;
  up(db: Knex): Promise<void>;
  down(db: Knex): Promise<void>;
}

export const migrations: readonly Migration[] = [
  { name: '0001_accounts', ...accounts },
  { name: '0002_changes', ...changes },
  { name: '0003_audit', ...audit },
  { name: '0004_roles', ...roles },
  { name: '0005_jobs', ...jobs },
  { name: '0006_tries', ...tries },
  { name: '0007_factors', ...factors },
  { name: '0008_audit', ...auditChecks },
  { name: '0009_history', ...history },
  { name: '0010_user_number', ...userNumber },
];
