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
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Agent } from './agent.ts';

const rules =
  '- id: test.true\n  run: "true"\n  why: do nothing at all\n- id: test.status\n  run: "@status"\n  reads: true\n  why: tell how it stands\n';
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
