// Runs the cases on one machine: what comes before, the program itself, what it printed, and what it left.
import { expect, it } from 'vitest';
import type { Machine } from './machine.ts';
import { type Case, cases, type Effects } from './programs.ts';

/** `machine` gives one on which nothing of an earlier case is left. */
export function runCases(machine: () => Machine): void {
  it.each(cases)('$title', async each => {
    const host = machine();
    await prepare(host, each);
    const { code, stdout, stderr } = await host.run(each.argv, each.stdin);
    expect({ code, stdout, stderr }).toEqual({
      code: each.code,
      stdout: likeness(each.stdout),
      stderr: likeness(each.stderr),
    });
    const { leaves = {} } = each;
    expect(await observe(host, leaves)).toEqual(leaves);
  });
}

async function prepare(host: Machine, { before = [] }: Case): Promise<void> {
  for (const step of before) {
    if (typeof step === 'function') await step(host);
    else expect(await host.run(step.argv, step.stdin), step.argv.join(' ')).toMatchObject({ code: 0 });
  }
}

function likeness(expected: string | RegExp = '') {
  return expected instanceof RegExp ? expect.stringMatching(expected) : expected;
}

/** The same questions that `asked` answers, answered by the machine. */
async function observe(host: Machine, asked: Effects): Promise<Effects> {
  const seen: Record<string, Record<string, unknown>> = {};
  for (const [kind, byLogin] of Object.entries(asked)) {
    seen[kind] = {};
    for (const login of Object.keys(byLogin)) seen[kind][login] = await observers[kind as keyof Effects](host, login);
  }
  return seen;
}

const observers: Record<keyof Effects, (host: Machine, login: string) => Promise<unknown>> = {
  passwd: (host, login) => entryOf(host, '/etc/passwd', login),
  shadow: async (host, login) => {
    const fields = (await entryOf(host, '/etc/shadow', login))?.split(':');
    return fields ? [fields[0], fields[6]] : null;
  },
  home: async (host, login) => {
    const home = await host.stat(`/home/${login}`);
    const uid = (await entryOf(host, '/etc/passwd', login))?.split(':')[1];
    if (home?.uid !== undefined) expect(home.uid).toBe(Number(uid));
    return home?.mode ?? null;
  },
  skeleton: async (host, login) => {
    const found = await Promise.all(['.bashrc', '.profile'].map(file => host.stat(`/home/${login}/${file}`)));
    return found.every(file => file !== undefined);
  },
  groups: async (host, login) => (await host.run(['/usr/bin/id', '-Gn', login])).stdout.trimEnd(),
  subIds: async (host, login) => {
    const ranges = await Promise.all(['/etc/subuid', '/etc/subgid'].map(file => entryOf(host, file, login)));
    expect(ranges[0]).toBe(ranges[1]);
    return ranges[0] !== null;
  },
  samba: async (host, login) => lineOf((await host.run(['/usr/bin/pdbedit', '-d0', '-L'])).stdout, login),
};

async function entryOf(host: Machine, file: string, login: string): Promise<string | null> {
  return lineOf(await host.read(file), login);
}

function lineOf(text: string, login: string): string | null {
  return (
    text
      .split('\n')
      .find(line => line.startsWith(`${login}:`))
      ?.slice(login.length + 1) ?? null
  );
}
