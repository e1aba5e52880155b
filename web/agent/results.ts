// What the agent's own verbs tell (contract §2), as types. Fields that an older or newer agent leaves out or adds do no harm.
import { z } from 'zod';

export const statusSchema = z.object({
  version: z.string(),
  wire: z.number(),
  mode: z.enum(['real', 'dummy']),
  uptimeMs: z.number(),
  lastEntry: z.number(),
  nextUid: z.number(),
  /** Whether the owner's one-time code is enrolled. */
  confirmation: z.boolean(),
  /** False while the log cannot be written: then nothing runs. */
  auditAvailable: z.boolean().default(true),
});

/** null where the host cannot say. */
const known = z.boolean().nullable().default(null);

const userSchema = z.object({
  login: z.string(),
  uid: z.number(),
  fullName: z.string(),
  home: z.string(),
  shell: z.string(),
  groups: z.array(z.string()),
  locked: known,
  hasPassword: known,
  expired: known,
  samba: known,
  /** Milliseconds since 1970; 0: never; null: the host does not say. */
  lastSignIn: z.number().nullable().default(null),
});
export type User = z.infer<typeof userSchema>;

export const usersSchema = z.object({
  users: z.array(userSchema),
  accounts: z.array(
    z.object({
      login: z.string(),
      uid: z.number(),
      fullName: z.string(),
      why: z.string(),
      mayTakeOver: z.boolean().default(false),
    }),
  ),
  /** Those that Gatehouse made. */
  groups: z.array(z.object({ name: z.string(), gid: z.number(), members: z.array(z.string()) })).default([]),
  trash: z.array(z.object({ login: z.string(), uid: z.number(), fullName: z.string(), at: z.string() })),
  nextUid: z.number(),
});
export type HostUsers = z.infer<typeof usersSchema>;

export const generationsSchema = z.object({
  file: z.string(),
  generations: z.array(z.object({ generation: z.number(), at: z.string(), sha256: z.string() })),
  content: z.string().optional(),
});

export const hostSchema = z.object({
  hostname: z.string(),
  /** The system and its kernel, in the host's own words. */
  system: z.string().default(''),
  kernel: z.string().default(''),
  uptimeMs: z.number(),
  cores: z.number(),
  load: z.tuple([z.number(), z.number(), z.number()]),
  memory: z.object({ totalBytes: z.number(), availableBytes: z.number() }),
  disks: z.array(z.object({ path: z.string(), totalBytes: z.number(), freeBytes: z.number() })),
  temperatures: z.array(z.object({ name: z.string(), celsius: z.number() })),
});

export const rulesSchema = z.object({
  rules: z.array(
    z.object({
      id: z.string(),
      why: z.string(),
      reads: z.boolean().default(false),
      /** Whether it may be ended while it runs. */
      cancels: z.boolean().default(false),
    }),
  ),
});
