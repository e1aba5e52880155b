// The agent in real mode, as root, with a rule for `true` alone: whom it trusts, and a full disk.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { listen } from '../../host-agent/server.ts';
import { Agent } from './agent.ts';
import { Client } from './client.ts';

const rules =
  '- id: test.true\n  run: "true"\n  why: do nothing at all\n- id: test.status\n  run: "@status"\n  reads: true\n  why: tell how it stands\n';
const agentMain = join(import.meta.dirname, '../../host-agent/main.ts');
const isRoot = process.getuid?.() === 0;
const agents: Agent[] = [];
const begin = async (options: ConstructorParameters<typeof Agent>[0] = {}) => {
  const agent = new Agent({ mode: 'real', rules, ...options });
  agents.push(agent);
  return agent;
};
afterEach(async () => {
  for (const agent of agents.splice(0)) await agent.remove();
});

describe.skipIf(!isRoot)('rule files in real mode', () => {
  it('that are root’s alone are trusted', async () => {
    const agent = await (await begin()).start();
    expect(await agent.ask('true')).toMatchObject({ event: 'done', ok: true, rule: 'test.true' });
    expect(await agent.ask('usermod', ['-c', 'X', 'root'])).toMatchObject({ problem: 'not-allowed' });
  });

  it.each<[string, (file: string, folder: string) => void]>([
    ['written by a group', file => chmodSync(file, 0o664)],
    ['written by all', file => chmodSync(file, 0o666)],
    ['of another uid', file => chownSync(file, 65534, 0)],
    ['in a folder of another uid', (_, folder) => chownSync(folder, 65534, 0)],
    ['in a folder that a group writes', (_, folder) => chmodSync(folder, 0o775)],
    [
      'behind a link to a file of another uid',
      (file, folder) => {
        const target = join(folder, '..', 'elsewhere');
        writeFileSync(target, rules);
        chownSync(target, 65534, 0);
        rmSync(file);
        symlinkSync(target, file);
      },
    ],
  ])('%s are refused at the start', async (_, spoil) => {
    const agent = await begin();
    const folder = join(agent.dir, 'rules.d');
    spoil(join(folder, 'test.yaml'), folder);
    expect(agent.command('serve')).toMatchObject({ code: 1, printed: expect.stringContaining('must belong to root') });
    expect(existsSync(agent.socket)).toBe(false);
  });
});

describe.skipIf(!isRoot)('the sockets', () => {
  const asNobody = (socket: string) => {
    const speak = `require('net').connect(${JSON.stringify(socket)}).on('connect', function () {
      this.write('{"id":"1","cmd":"@approvals","args":[]}\\n');
    }).on('data', text => { console.log(String(text)); process.exit(); }).on('error', ({ code }) => console.log(code));`;
    return spawnSync(process.execPath, ['-e', speak], { uid: 65534, gid: 65534, encoding: 'utf8' }).stdout;
  };

  it('are for the group that may reach the dashboard, and for root alone at the terminal', async () => {
    const agent = await (await begin()).start();
    const terminal = join(agent.state, 'terminal.sock');
    const modeOf = (path: string) => statSync(path).mode & 0o777;
    expect([agent.socket, join(agent.socket, '..'), terminal, agent.state].map(modeOf)).toEqual([
      0o660, 0o750, 0o600, 0o700,
    ]);
    for (const socket of [agent.socket, terminal]) expect(asNobody(socket)).toBe('EACCES\n');
  });

  it('lie in a folder of their own, whatever the umask, and take none that holds other things', async () => {
    const before = process.umask(0o077);
    const agent = await (await begin()).start().finally(() => process.umask(before));
    const folder = join(agent.socket, '..');
    expect(statSync(folder).mode & 0o777).toBe(0o750);
    const where = { socket: join(agent.dir, 'shared', 'agent.sock'), gid: 0, peerUids: new Set<number>() };
    const gate = { answer: () => new Promise<never>(() => {}), recordBadLine: () => null };
    mkdirSync(join(agent.dir, 'shared'));
    writeFileSync(join(agent.dir, 'shared/precious'), '');
    chmodSync(join(agent.dir, 'shared'), 0o755);
    await expect(listen(where, gate)).rejects.toThrow('GATEHOUSE_SOCKET must lead to a folder of its own');
    expect(statSync(join(agent.dir, 'shared')).mode & 0o777).toBe(0o755);
    rmSync(join(agent.dir, 'shared/precious'));
    (await listen(where, gate)).stop();
    expect(statSync(join(agent.dir, 'shared')).mode & 0o777).toBe(0o750);
  });

  it('ask the kernel who connects, whatever their modes let through', async () => {
    const agent = await (await begin({ env: { GATEHOUSE_PEER_UIDS: '0,65534' } })).start();
    const terminal = join(agent.state, 'terminal.sock');
    for (const path of [agent.socket, join(agent.socket, '..'), terminal, agent.state]) chmodSync(path, 0o777);
    expect(asNobody(agent.socket)).toContain('No rule allows the program');
    expect(asNobody(terminal)).toContain('The uid 65534 may not speak to this agent.');
    chmodSync(agent.state, 0o700);
    const person = await Client.connect(terminal);
    expect(await person.ask('@approvals')).toMatchObject({ event: 'done', result: { approvals: [] } });
    person.close();
  });

  it.runIf(existsSync('/usr/bin/script'))(
    'are asked by gatehouse-agent approve for root on a terminal alone',
    async () => {
      const agent = await (await begin()).start();
      const approve = (options: object) =>
        spawnSync(process.execPath, [agentMain, 'approve'], { env: agent.env, encoding: 'utf8', ...options });
      expect(approve({})).toMatchObject({
        status: 1,
        stdout: '',
        stderr: expect.stringContaining('by a person at a terminal'),
      });
      const onTerminal = spawnSync(
        '/usr/bin/script',
        ['-qec', `'${process.execPath}' '${agentMain}' approve`, '/dev/null'],
        {
          env: agent.env,
          encoding: 'utf8',
        },
      );
      expect(onTerminal).toMatchObject({ status: 0, stdout: expect.stringContaining('Nothing waits for approval.') });
    },
  );

  it('let in root only where it is listed', async () => {
    const agent = await (await begin({ env: { GATEHOUSE_PEER_UIDS: '65534' } })).start();
    expect(await agent.raw('', { waitMs: 10_000 })).toMatchObject([
      { problem: 'not-allowed', message: expect.stringContaining('uid 0') },
    ]);
    for (const path of [agent.socket, join(agent.socket, '..')]) chmodSync(path, 0o777);
    expect(asNobody(agent.socket)).toContain('No rule allows the program');
  });
});

const canMount =
  isRoot &&
  (() => {
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mount-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0;
    if (mounted) execFileSync('umount', [folder]);
    rmSync(folder, { recursive: true });
    return mounted;
  })();

describe.skipIf(!canMount)('a full disk under the audit log', () => {
  const disk = mkdtempSync(join(tmpdir(), 'gatehouse-full-'));
  afterEach(() => {
    spawnSync('umount', [disk]);
  });

  it('lets nothing run, still records refusals, and goes on by itself when there is room', async () => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=80m', 'tmpfs', disk]);
    mkdirSync(join(disk, 'log'));
    const agent = await (await begin({ audit: join(disk, 'log', 'audit.jsonl') })).start();
    expect(await agent.ask('true')).toMatchObject({ ok: true });
    const filler = join(disk, 'filler');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filler, Buffer.alloc(bavail * bsize - (32 << 20)));

    const before = agent.entries().length;
    expect(await agent.ask('true')).toMatchObject({
      event: 'refused',
      problem: 'audit-unavailable',
      entry: before + 1,
    });
    expect(await agent.ask('bash')).toMatchObject({ problem: 'not-allowed', entry: before + 2 });
    expect(await agent.ask('@status')).toMatchObject({ event: 'done', result: { auditAvailable: false } });
    expect(await agent.ask('true', [], { dryRun: true })).toMatchObject({ event: 'plan' });

    const left = statfsSync(disk);
    writeFileSync(join(disk, 'rest'), Buffer.alloc(left.bavail * left.bsize));
    expect(await agent.ask('true')).toMatchObject({ event: 'refused', problem: 'audit-unavailable' });

    rmSync(filler);
    rmSync(join(disk, 'rest'));
    expect(await agent.ask('true')).toMatchObject({ event: 'done', ok: true });
    expect(agent.entries().filter(({ kind }) => kind === 'intent').length).toBe(2);
    expect(await agent.stop()).toBe(0);
    expect(agent.command('verify')).toMatchObject({ code: 0, printed: expect.stringMatching(/^ok/) });
  });
});
