// The wire of contract §2 as data: limits, requests and replies. See docs/protocol.md.
import { z } from 'zod';
import type { Problem } from './refused.ts';

export const wireVersion = 1;

/** Each limit is answered with a refusal. Sizes in bytes, times in milliseconds. */
export const limits = {
  lineBytes: 1 << 20,
  args: 64,
  argBytes: 8 << 10,
  connections: 64,
  openRequests: 32,
  children: 8,
  waiting: 256,
  frameMs: 10_000,
  outputBytes: 1 << 20,
  fileLines: 1000,
  unreadBytes: 4 << 20,
  unreadMs: 2_000,
  dryRunsPerSecond: 20,
  deadlineMs: 30_000,
  killAfterMs: 5_000,
  ticketRequests: 32,
  ticketMs: 600_000,
  approvals: 16,
  approvalMs: 1_800_000,
} as const;

const arg = z
  .string()
  .refine(text => !text.includes('\0'), 'holds a NUL character')
  .refine(text => text.isWellFormed(), 'holds half of a surrogate pair')
  .refine(text => Buffer.byteLength(text) <= limits.argBytes, `is longer than ${limits.argBytes} bytes`);
const claim = z
  .string()
  .max(128, 'is longer than 128 characters')
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u, 'holds a character that cannot be printed');

const asked = {
  cmd: z.string().min(1, 'is empty').max(64, 'is longer than 64 characters'),
  args: z.array(arg).max(limits.args, `has more than ${limits.args} elements`),
  stdin: z.string().optional(),
};

export const idPattern = /^[A-Za-z0-9._-]{1,64}$/;

/** One request, as it stands on a line. */
export const requestSchema = z.strictObject({
  id: z.string().regex(idPattern, 'must be 1 to 64 of A-Z a-z 0-9 . _ -'),
  ...asked,
  dryRun: z.boolean().optional(),
  stream: z.boolean().optional(),
  ticket: z.string().optional(),
  actor: z.strictObject({ account: claim.optional(), ip: claim.optional(), change: claim.optional() }).optional(),
});
export type Request = z.infer<typeof requestSchema>;
export type Actor = NonNullable<Request['actor']>;

/** `{"id":"7","cancel":true}` ends the open request of that id. */
export const cancelSchema = z.strictObject({ id: z.string().regex(idPattern), cancel: z.literal(true) });

/** What `@confirm` takes on stdin: the exact requests that a code opens; those of the undo are marked. */
export const confirmSchema = z.strictObject({
  /** The owner's code or, where the rules say `self`, the password that the user has now. */
  code: z.string().max(1024),
  requests: z
    .array(z.strictObject({ ...asked, undo: z.literal(true).optional() }))
    .min(1)
    .max(limits.ticketRequests),
});
/** A command as data: what a plan, a ticket and a request share. */
export interface Command {
  cmd: string;
  args: readonly string[];
  stdin?: string | undefined;
}

export const confirmLevels = ['none', 'code', 'self', 'host'] as const;
export type ConfirmLevel = (typeof confirmLevels)[number];

/** What went wrong or came of it; `code` and `signal` are the program's, `result` is a verb's, in place of output. */
export interface Done {
  event: 'done';
  ok: boolean;
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  truncated: boolean;
  ms: number;
  rule: string;
  /** n of the intent in the audit log. */
  entry: number | null;
  result?: object;
}
export interface Plan {
  event: 'plan';
  rule: string;
  argv: string[];
  display: string;
  confirm: ConfirmLevel;
  danger: string | null;
  unmet: string[];
  diff?: string;
}
export type Answer =
  | { event: 'output'; stream: 'stdout' | 'stderr'; text: string }
  | { event: 'refused'; problem: Problem; message: string; entry: number | null; approval?: number }
  | Done
  | Plan;
/** A reply line: the request's id, or null where it could not be read. */
export type Reply = Answer & { id: string | null };
