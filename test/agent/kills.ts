// node test/agent/kills.ts KILLS SEED: kill -9 under load, restart, and look whether the audit log tells it all. Exit 1 where it does not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Agent, startAgent, useraddArgs } from './agent.ts';
import { randomOf } from './random.ts';

export interface Killed {
  kills: number;
  seed: number;
  seconds: number;
  intents: number;
  /** Intents that a kill left open, which the next start ended. */
  unknown: number;
  usersMade: number;
  /** What must not be; empty. */
  faults: string[];
}

export async function kills(count: number, seed: number): Promise<Killed> {
  const random = randomOf(seed);
  const agent = await startAgent();
  const faults: string[] = [];
  const began = performance.now();
  try {
    await agent.add('ann');
    agent.behave({ programs: { usermod: { delayMs: 3 }, useradd: { delayMs: 3 } } });
    for (let kill = 0; kill < count; kill++) {
      const end = { now: false };
      const load = Promise.all([0, 1, 2, 3].map(i => ask(agent, `${kill}-${i}`, i, end)));
      const before = agent.entries().length;
      await sleep(50 + random.below(350));
      // On a slow machine some work must have been done all the same.
      while (agent.entries().length < before + 4) await sleep(5);
      await agent.kill();
      end.now = true;
      await load;
      await agent.start();
      faults.push(...faultsOf(agent).map(fault => `after kill ${kill + 1}: ${fault}`));
      if (kill % 20 === 19 && agent.command('verify').code !== 0) faults.push(`after kill ${kill + 1}: verify failed`);
      if (faults.length > 5) break;
    }
    const verified = agent.command('verify').printed.trim();
    if (!verified.startsWith('ok')) faults.push(verified);
    const all = agent.entries();
    return {
      ...{ kills: count, seed, seconds: Math.round((performance.now() - began) / 1000), faults },
      intents: all.filter(({ kind }) => kind === 'intent').length,
      unknown: all.filter(({ kind }) => kind === 'unknown').length,
      usersMade: passwd(agent).length,
    };
  } finally {
    await agent.remove();
  }
}

/** Makes users and changes names until the agent is gone. Each name is one of a kind, so that its effect names its request. */
async function ask(agent: Agent, who: string, worker: number, end: { now: boolean }): Promise<void> {
  const client = await agent.connect().catch(() => undefined);
  for (let i = 0; client && !end.now && !client.closed; i++) {
    if (worker > 0) await client.ask('usermod', ['-c', `Name ${who}-${i}`, 'ann']);
    else {
      const status = await client.ask('@status');
      const { nextUid } = (status.result ?? {}) as { nextUid?: number };
      if (nextUid !== undefined) await client.ask('useradd', useraddArgs(nextUid, 'N', `u${who}-${i}`));
    }
  }
  client?.close();
}

/** Each intent has its end, each effect its intent, and no uid was given twice. */
function faultsOf(agent: Agent): string[] {
  const faults: string[] = [];
  const all = agent.entries();
  const ended = new Set(all.flatMap(({ kind, of }) => (kind === 'outcome' || kind === 'unknown' ? [of] : [])));
  const intents = all.filter(({ kind }) => kind === 'intent');
  for (const { n } of intents) if (!ended.has(n)) faults.push(`the intent ${n} has no end`);
  const asked = new Set(intents.map(({ argv }) => argv?.at(-1)));
  const named = new Set(intents.map(({ argv }) => argv?.at(-2)));
  for (const [login = '', , , , gecos = ''] of passwd(agent)) {
    if (!asked.has(login)) faults.push(`the user ${login} was made without an intent`);
    if (!named.has(gecos)) faults.push(`${login} was named ${gecos} without an intent`);
  }
  const given = intents.flatMap(({ rule, argv }) => (rule === 'users.create' ? [argv?.[5]] : []));
  if (new Set(given).size !== given.length) faults.push('a uid was given twice');
  return faults;
}

/** The entries of the users that were made here. */
function passwd(agent: Agent): string[][] {
  const lines = readFileSync(join(agent.root, 'etc/passwd'), 'utf8').split('\n');
  return lines.map(line => line.split(':')).filter(([, , uid]) => Number(uid) > 1001 && Number(uid) < 60_000);
}

if (import.meta.main) {
  const [count = 20, seed = 1] = process.argv.slice(2).map(Number);
  const result = await kills(count, seed);
  console.log(JSON.stringify(result, null, 2));
  process.exit(result.faults.length > 0 ? 1 : 0);
}
