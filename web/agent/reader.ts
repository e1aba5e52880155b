// Short memory of what the host told: fresh for two seconds, forgotten after an act, kept as the last good answer while the agent is away.
import type { z } from 'zod';
import type { Command } from '../../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import { said } from './said.ts';

export interface Reading<T> {
  /** The newest good answer; undefined where there never was one. */
  value: T | undefined;
  /** When that answer was made, in ms since 1970. */
  at: number | undefined;
  /** Why this is not the truth of now, in the reader's language; undefined when it is. */
  stale: Stale | undefined;
}
interface Stale {
  away: boolean;
  why: string;
}

export interface Reader {
  read<T>(command: Command, schema: z.ZodType<T>): Promise<Reading<T>>;
  /** After an act: whatever was told before is asked again. */
  forget(): void;
}

interface Memory {
  /** As it was told, and as each schema reads it: two that ask the same may want different parts. */
  told: unknown;
  values: WeakMap<z.ZodType, unknown>;
  at: number | undefined;
  stale: Stale | undefined;
  askedAt: number;
  asking: Promise<void> | undefined;
}

const freshMs = 2_000;
const answerMs = 3_000;
/** An agent that takes questions and does not answer is not asked at each page: a page would wait each time. */
const silentMs = 10_000;
const entriesKept = 500;

/** `now` gives ms since 1970. Commands must only read: they may be asked twice. */
export function createReader(agent: Agent, now: () => number = Date.now): Reader {
  const memories = new Map<string, Memory>();

  async function ask(command: Command, memory: Memory): Promise<void> {
    let reply = await agent.ask(command, { timeoutMs: answerMs });
    if (reply.event === 'away' && reply.how === 'lost') reply = await agent.ask(command, { timeoutMs: answerMs });
    if (reply.event === 'away' && reply.how === 'silent') memory.askedAt = now() + silentMs - freshMs;
    if (reply.event === 'away') memory.stale = { away: true, why: reply.why };
    else if (reply.event === 'refused') memory.stale = { away: false, why: reply.message };
    else if (reply.event === 'plan' || !reply.ok) memory.stale = { away: false, why: `${command.cmd} failed` };
    else
      Object.assign(memory, { told: reply.result ?? reply.stdout, values: new WeakMap(), at: now(), stale: undefined });
  }

  return {
    async read<T>(command: Command, schema: z.ZodType<T>) {
      const key = JSON.stringify([command.cmd, command.args]);
      const memory = memories.get(key) ?? blank();
      memories.delete(key);
      memories.set(key, memory);
      if (memories.size > entriesKept) memories.delete(memories.keys().next().value as string);
      if (!memory.asking && now() - memory.askedAt >= freshMs) {
        memory.askedAt = now();
        memory.asking = ask(command, memory).finally(() => {
          memory.asking = undefined;
        });
      }
      await memory.asking;
      const stale = memory.stale && inWords(memory.stale);
      if (memory.at === undefined) return { value: undefined, at: undefined, stale };
      if (!memory.values.has(schema)) memory.values.set(schema, schema.safeParse(memory.told));
      const { success, data } = memory.values.get(schema) as z.ZodSafeParseResult<T>;
      if (success) return { value: data, at: memory.at, stale };
      const why = `${command.cmd} told what this version does not understand`;
      return { value: undefined, at: memory.at, stale: stale ?? inWords({ away: false, why }) };
    },
    forget() {
      for (const [key, memory] of memories) memories.set(key, { ...memory, askedAt: -Infinity, asking: undefined });
    },
  };
}

const inWords = ({ away, why }: Stale): Stale => ({ away, why: said(why) });

const blank = (): Memory => ({
  told: undefined,
  values: new WeakMap(),
  at: undefined,
  stale: undefined,
  askedAt: -Infinity,
  asking: undefined,
});
