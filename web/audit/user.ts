// Which host user an entry is about: what stands where its rule's pattern says <user>; where that says nothing, whom its change touches.
import type { Knex } from 'knex';
import { z } from 'zod';
import { matchArg } from '../../allowlist/match-arg.ts';
import { type Form, PatternError, parseArg, parsePattern } from '../../allowlist/pattern.ts';
import type { Agent } from '../agent/agent.ts';
import { visible } from '../changes/command.ts';
import { type AuditRow, type Entry, entrySchema, partsOf } from './entry.ts';

const types = new Set(['user', 'samba-user', 'leaving-user', 'new-login', 'trashed-user', 'host-account', 'login']);

/** By rule: the arguments that it allows, without the program. */
export type Patterns = ReadonlyMap<string, readonly Form[]>;

const ruleSchema = z.object({ id: z.string(), run: z.string().optional(), write: z.string().optional() });
const rulesSchema = z.object({ rules: z.array(ruleSchema) });

/** undefined while the agent does not say. */
export async function askPatterns(agent: Agent): Promise<Patterns | undefined> {
  const answer = await agent.ask({ cmd: '@rules', args: [] }, { timeoutMs: 5_000 });
  const told = answer.event === 'done' ? rulesSchema.safeParse(answer.result) : undefined;
  if (!told?.success) return undefined;
  return new Map(told.data.rules.map(rule => [rule.id, formsOf(rule)]));
}

export function formsOf({ run = '', write }: Omit<z.output<typeof ruleSchema>, 'id'>): Form[] {
  try {
    return write === undefined ? parsePattern(run).map(form => form.slice(1)) : [[parseArg(write)]];
  } catch (error) {
    // A newer agent's language: the change has to say it.
    if (error instanceof PatternError) return [];
    throw error;
  }
}

export function userOf(entry: Entry, patterns: Patterns): string | undefined {
  const { self, requests, rule, argv, args } = partsOf(entry);
  if (self !== undefined) return self;
  const asked = requests ?? [{ rule: rule ?? '', argv: argv ?? ['', ...(args ?? [])] }];
  return asked.map(one => userIn(patterns.get(one.rule) ?? [], one.argv.slice(1))).find(name => name !== undefined);
}

function userIn(forms: readonly Form[], args: readonly unknown[]): string | undefined {
  for (const form of forms) {
    const slots = form.map((arg, i) => (typeof args[i] === 'string' ? matchArg(arg, args[i]) : undefined));
    const named = slots.includes(undefined) ? undefined : slots.flat().find(slot => slot && types.has(slot.type.name));
    if (named) return named.value;
  }
  return undefined;
}

const batchRows = 500;

/** Fills in who some of the entries are about that were not asked yet; false when there are none. */
export async function nameSome(db: Knex, patterns: Patterns): Promise<boolean> {
  const [first] = await db<AuditRow>('audit_entries').whereNull('user').orderBy('log').limit(1).select('log');
  if (!first) return false;
  const { log } = first;
  const rows = await db<AuditRow>('audit_entries')
    .where({ log })
    .whereNull('user')
    .orderBy('n')
    .limit(batchRows)
    .select('n', 'change_id');
  const ns = rows.map(({ n }) => n);
  const raws: { n: number; raw: string }[] = await db('audit_raw').where({ log }).whereIn('n', ns).select('n', 'raw');
  const entries = new Map(raws.map(({ n, raw }) => [Number(n), entrySchema.parse(JSON.parse(raw))]));
  const touched = await touchedBy(db, [...new Set(rows.flatMap(({ change_id }) => change_id ?? []))]);
  const nameOf = ({ n, change_id }: Pick<AuditRow, 'n' | 'change_id'>) => {
    const entry = entries.get(Number(n));
    const name = (entry && userOf(entry, patterns)) ?? touched.get(change_id ?? '') ?? '';
    return visible(name).slice(0, 64);
  };
  await db.transaction(async trx => {
    for (const [user, some] of Map.groupBy(rows, nameOf)) {
      const those = some.map(({ n }) => n);
      await trx('audit_entries').where({ log }).whereIn('n', those).update({ user });
      if (user !== '')
        await trx('audit_words').insert({ kind: 'user', word: user }).onConflict(['kind', 'word']).ignore();
    }
  });
  return true;
}

const touchesSchema = z.array(z.object({ kind: z.string(), name: z.string() }));

async function touchedBy(db: Knex, changes: readonly string[]): Promise<Map<string, string>> {
  const rows: { id: string; touches: string }[] = await db('changes').whereIn('id', changes).select('id', 'touches');
  return new Map(
    rows.flatMap(({ id, touches }): [string, string][] => {
      const user = touchesSchema.safeParse(JSON.parse(touches)).data?.find(({ kind }) => kind === 'user');
      return user ? [[id, user.name]] : [];
    }),
  );
}
