// GATEHOUSE_NOTIFY: the program that root names gets a line for each thing that root should hear of, and holds up nobody.
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createEnrolment, removeEnrolment, unlockEnrolment } from '../../host-agent/confirmation/enrol.ts';
import { stepAt, totp } from '../../host-agent/confirmation/totp.ts';
import { Agent } from './agent.ts';
import { Client, type Reply } from './client.ts';

const rules = `
- { id: test.true, run: "true", why: do nothing at all }
- { id: test.status, run: "@status", reads: true, why: tell how it stands }
- { id: test.code, run: getent passwd root, why: only with a code, confirm: code }
- { id: test.secret, run: chpasswd -e, stdin: "<login>:<password-hash>", why: only with a code, confirm: code }
- { id: test.host, run: getent group root, why: only at the terminal, confirm: host }
`;
const secret = Buffer.from('00112233445566778899aabbccddeeff00112233', 'hex');
const hash = `$6$salt$${'a'.repeat(86)}`;
const secondCalled = { cmd: 'getent', args: ['passwd', 'root'] };

describe.skipIf(process.getuid?.() !== 0)('the program that GATEHOUSE_NOTIFY names', () => {
  let agent: Agent;
  let program: string;
  const told = () => join(agent.dir, 'told');
  const lines = () => (existsSync(told()) ? readFileSync(told(), 'utf8').split('\n').slice(0, -1) : []);
  const script = (...commands: string[]) => {
    writeFileSync(program, ['#!/bin/sh', ...commands, ''].join('\n'), { mode: 0o755 });
    chmodSync(program, 0o755);
  };
  const takes = () => `cat >> ${told()}`;
  /** Who runs it now: the processes that the script is the argument of. */
  const runs = () =>
    readdirSync('/proc').filter(pid => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(program);
      } catch {
        return false;
      }
    });
  const confirm = (code: string, ...requests: object[]) =>
    agent.ask('@confirm', [], { stdin: JSON.stringify({ code, requests }) });
  const codeNow = () => totp(secret, stepAt(new Date()));
  const wrongCodes = async (count: number) => {
    for (let i = 0; i < count; i++) await confirm('wrong', secondCalled);
  };

  beforeEach(() => {
    agent = new Agent({ mode: 'real', rules });
    program = join(agent.dir, 'bin', 'notify');
    agent.env.GATEHOUSE_NOTIFY = program;
    mkdirSync(dirname(program), { mode: 0o755 });
  });
  afterEach(() => agent.remove());

  it('hears of an enrolment, an unlock and a reset', async () => {
    script(takes());
    await agent.start();
    const acts: [() => void, string][] = [
      [() => createEnrolment(agent.state, secret, 0), 'enrolled'],
      [() => unlockEnrolment(agent.state), 'unlocked'],
      [() => removeEnrolment(agent.state), 'reset'],
    ];
    for (const [act, what] of acts) {
      act();
      await expect.poll(() => lines().at(-1)).toBe(`confirmation by code was ${what} at the host's terminal`);
    }
    expect(lines()).toHaveLength(3);
  });

  it('hears of a code that was used and for what, and of a pause after wrong ones', async () => {
    script(takes());
    await agent.start();
    createEnrolment(agent.state, secret, 0);
    await expect.poll(lines).toHaveLength(1);
    const { entry } = await confirm(codeNow(), secondCalled);
    await expect.poll(lines).toHaveLength(2);
    expect(lines()[1]).toBe(`confirmed by code, entry ${entry}: /usr/bin/getent passwd root`);
    await wrongCodes(4);
    await agent.ask('true');
    expect(lines()).toHaveLength(2);
    await wrongCodes(1);
    await expect.poll(() => lines().at(-1)).toBe('five wrong codes in a row: confirmation pauses for 15 minutes');
  });

  it("hears of what waits for approval, and of what was approved or refused at the host's terminal", async () => {
    script(takes());
    await agent.start();
    const atTerminal = async (cmd: string, number: unknown): Promise<Reply> => {
      const client = await Client.connect(join(agent.state, 'terminal.sock'));
      return client.ask(cmd, [String(number)]).finally(() => client.close());
    };
    const { approval } = await agent.ask('getent', ['group', 'root']);
    await expect.poll(lines).toEqual([`approval ${approval} waits for you: /usr/bin/getent group root`]);
    expect(await atTerminal('@refuse', approval)).toMatchObject({ ok: true });
    await expect
      .poll(() => lines().at(-1))
      .toBe(`approval ${approval}, test.host: A person at the host's terminal refused it.`);
    const second = await agent.ask('getent', ['group', 'root']);
    expect(await atTerminal('@approve', second.approval)).toMatchObject({ ok: true });
    await expect
      .poll(() => lines().at(-1))
      .toBe(`approval ${second.approval}, test.host: A person at the host's terminal approved it.`);
  });

  it('hears of a burst of refusals once it is over, with how many there were', async () => {
    script(takes());
    await agent.start();
    const client = await agent.connect();
    await Promise.all(Array.from({ length: 25 }, () => client.ask('bash')));
    client.close();
    const alone = () => agent.entries().filter(({ kind, count }) => kind === 'refused' && count === undefined).length;
    const counted = () => lines().reduce((sum, line) => sum + Number.parseInt(line, 10), 0);
    await expect.poll(() => counted() + alone()).toBe(25);
    expect(lines()[0]).toMatch(/^\d+ requests of uid 0 were refused in a burst$/);
  });

  it('gets the line on stdin alone, and nothing secret: no argument, an environment of its own', async () => {
    script(`{ tr '\\0' '|' < /proc/$$/cmdline; echo; env | sort; cat; } >> ${told()}`);
    agent.env.SOME_TOKEN = 'token-of-the-agent';
    await agent.start();
    createEnrolment(agent.state, secret, 0);
    const code = codeNow();
    const opened = await confirm(code, { cmd: 'chpasswd', args: ['-e'], stdin: `nobody-there:${hash}\n` });
    await expect.poll(() => lines().at(-1)).toContain('confirmed by code');
    const { ticket } = opened.result as { ticket: string };
    const all = lines().join('\n');
    for (const hidden of [code, ticket, hash, secret.toString('hex'), 'token-of-the-agent', 'GATEHOUSE_'])
      expect(all).not.toContain(hidden);
    expect(lines().filter(line => line.includes('|'))).toEqual(Array(2).fill(`/bin/sh|${program}|`));
    expect(
      lines()
        .filter(line => /^[A-Z]+=/.test(line))
        .map(line => line.split('=', 1)[0]),
    ).toEqual(['HOME', 'LANG', 'PATH', 'PWD', 'HOME', 'LANG', 'PATH', 'PWD']);
    expect(lines().at(-1)).toBe(`confirmed by code, entry ${opened.entry}: /usr/sbin/chpasswd -e   ← nobody-there:•••`);
  });

  it('may fail: the journal says so and why, and the next line is given again', async () => {
    script(`[ -e ${told()} ] || { echo 'no \x1b[31mroute' >&2; touch ${told()}; exit 3; }`, takes());
    await agent.start();
    createEnrolment(agent.state, secret, 0);
    await expect.poll(() => agent.printed).toContain(`${program} did not take a line: no \\u001b[31mroute`);
    unlockEnrolment(agent.state);
    await expect.poll(() => lines().at(-1)).toContain('unlocked');
    expect(agent.printed).toContain('confirmation by code was enrolled');
    rmSync(program);
    removeEnrolment(agent.state);
    await expect.poll(() => agent.printed).toContain(`${program} is not installed on this host`);
    expect(await agent.ask('true')).toMatchObject({ ok: true });
  });

  it('may hang or flood: nobody waits, one runs at a time, and it is ended at its deadline, whatever it ignores', async () => {
    script(`[ -e ${told()} ] && { ${takes()}; exit; }`, `trap '' TERM; touch ${told()}`, 'while :; do yes; done');
    await agent.start();
    createEnrolment(agent.state, secret, 0);
    await expect.poll(() => existsSync(told())).toBe(true);
    unlockEnrolment(agent.state);
    await expect.poll(() => agent.printed).toContain('was unlocked');
    await wrongCodes(5);
    // Over one connection: all of it is to happen within the program's ten seconds.
    const client = await agent.connect();
    for (let i = 0; i < 50; i++) expect(await client.ask('true')).toMatchObject({ ok: true });
    client.close();
    expect(runs()).toHaveLength(1);
    expect(lines()).toEqual([]);
    await expect
      .poll(() => agent.printed, { timeout: 40_000 })
      .toContain(`${program} did not take a line: it was ended after 10 s`);
    await expect.poll(lines).toHaveLength(2);
    await expect.poll(runs).toEqual([]);
  }, 60_000);

  it('is not given burst upon burst while it is busy, so that none crowds out a pause', async () => {
    script(`touch ${told()}.begun`, `while [ ! -e ${told()}.go ]; do sleep 0.05; done`, takes());
    await agent.start();
    createEnrolment(agent.state, secret, 0);
    await expect.poll(() => existsSync(`${told()}.begun`)).toBe(true);
    const client = await agent.connect();
    const bursts = () => agent.printed.match(/were refused in a burst/g)?.length ?? 0;
    while (bursts() < 3) await Promise.all(Array.from({ length: 20 }, () => client.ask('bash')));
    client.close();
    await wrongCodes(5);
    writeFileSync(`${told()}.go`, '');
    await expect.poll(() => lines().length).toBeGreaterThan(2);
    expect(lines()[1]).toContain('were refused in a burst');
    expect(lines()[2]).toContain('confirmation pauses');
    expect(agent.printed).toContain('did not take a line: it has not taken earlier ones yet');
  }, 60_000);

  it('ends with the agent, which ends in time', async () => {
    script(`touch ${told()}`, 'sleep 1000');
    await agent.start();
    createEnrolment(agent.state, secret, 0);
    await expect.poll(() => existsSync(told())).toBe(true);
    expect(await agent.stop()).toBe(0);
    expect(runs()).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['that its group may write', () => chmodSync(program, 0o775)],
    ['that anybody may write', () => chmodSync(program, 0o757)],
    ['of another uid', () => chownSync(program, 65534, 0)],
    ['in a folder that anybody may write', () => chmodSync(dirname(program), 0o777)],
    ['in a folder of another uid', () => chownSync(dirname(program), 65534, 0)],
    ['that cannot be run', () => chmodSync(program, 0o644)],
    ['that is not there', () => rmSync(program)],
    [
      'that is a folder',
      () => {
        rmSync(program);
        mkdirSync(program);
      },
    ],
  ])('stops the start where it is one %s, by the name of the setting', (_, spoil) => {
    script(takes());
    spoil();
    const { code, printed } = agent.command('serve');
    expect(code).toBe(1);
    expect(printed).toMatch(/^GATEHOUSE_NOTIFY="\/.*; an example is GATEHOUSE_NOTIFY=\/usr\/local\/sbin\/tell-me\.\n$/);
    expect(existsSync(agent.socket)).toBe(false);
  });
});
