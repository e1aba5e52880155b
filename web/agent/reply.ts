// What the agent may answer (contract §2), read once from a line into types.
import { z } from 'zod';
import { problems } from '../../allowlist/refused.ts';
import type { Reply } from '../../allowlist/wire.ts';

const id = z.string().nullable();
const entry = z.int().positive().nullable().default(null);

const replySchema: z.ZodType<Reply> = z.discriminatedUnion('event', [
  z.object({ id, event: z.literal('output'), stream: z.enum(['stdout', 'stderr']), text: z.string() }),
  z.object({
    id,
    event: z.literal('done'),
    ok: z.boolean().default(true),
    code: z.int32().nullable().default(null),
    signal: z.string().nullable().default(null),
    stdout: z.string().default(''),
    stderr: z.string().default(''),
    truncated: z.boolean().default(false),
    ms: z.int32().default(0),
    rule: z.string().default(''),
    entry,
    result: z.record(z.string(), z.unknown()).exactOptional(),
  }),
  z.object({
    id,
    event: z.literal('plan'),
    rule: z.string(),
    argv: z.array(z.string()),
    display: z.string(),
    confirm: z.enum(['none', 'code', 'self', 'host']),
    danger: z.string().nullable().default(null),
    unmet: z.array(z.string()).default([]),
    diff: z.string().exactOptional(),
  }),
  z.object({
    id,
    event: z.literal('refused'),
    problem: z.enum(problems),
    message: z.string(),
    entry,
    /** Parked under this number, for a person at the host's terminal. */
    approval: z.int().positive().exactOptional(),
  }),
]);

export type Output = Extract<Reply, { event: 'output' }>;
/** How a request ends; `output` only comes before it. */
export type Answer = Exclude<Reply, Output>;

/** Throws when the line is not a reply of the contract: then the peer is not our agent. */
export const parseReply = (line: string): Reply => replySchema.parse(JSON.parse(line));
