// What the parts of a serving agent share. serve.ts makes it; nothing here does anything.
import type { Matcher } from '../allowlist/match.ts';
import type { Approvals } from './approvals.ts';
import type { AuditLog } from './audit/log.ts';
import type { Asking } from './checks/check.ts';
import type { Confirmation } from './confirmation/confirmation.ts';
import type { ProveSelf } from './confirmation/own-password.ts';
import type { DryRuns } from './dry-runs.ts';
import type { FilesDeps } from './files/deps.ts';
import type { Tell } from './journal.ts';
import type { Settings } from './settings.ts';
import type { Turns } from './turns.ts';
import type { Usage } from './usage.ts';

export interface Agent {
  settings: Settings;
  startedMs: number;
  matcher: Matcher;
  asking: Asking;
  audit: AuditLog;
  confirmation: Confirmation;
  proveSelf: ProveSelf;
  approvals: Approvals;
  files: FilesDeps;
  turns: Turns;
  dryRuns: DryRuns;
  usage: Usage;
  /** From SIGTERM on nothing new begins. */
  stopping: boolean;
  tell: Tell;
}
