// The test host itself: that it is the machine that the other tests take it for.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dockerRun } from './run.ts';
import { startHost, type TestHost, whyNoHost } from './start.ts';

const why = whyNoHost();
if (why) console.warn(`skipped: ${why}`);

describe.skipIf(why)('a test host', () => {
  let host: TestHost;
  beforeAll(async () => {
    host = await startHost();
  }, 600_000);
  afterAll(() => host?.stop());

  it('runs systemd with every unit well', async () => {
    expect(await host.must(['systemctl', 'is-system-running'])).toBe('running');
  });

  it('knows nothing of Gatehouse yet', async () => {
    expect((await host.exec(['getent', 'passwd', 'gatehouse'])).code).toBe(2);
    expect((await host.exec(['test', '-e', '/etc/gatehouse'])).code).toBe(1);
  });

  it('has a privileged account by sudo and one by doas', async () => {
    expect(await host.must(['sudo', '-l', '-U', 'debian'])).toContain('(ALL : ALL) ALL');
    expect((await host.exec(['doas', 'id', '-u'], { user: 'steward' })).stdout).toBe('0\n');
    expect((await host.exec(['doas', 'id', '-u'], { user: 'nobody' })).code).toBe(1);
  });

  it('shares files by Samba, and sshd answers', async () => {
    expect(await host.must(['smbclient', '-L', 'localhost', '-N'])).toContain('media');
    expect(await host.must(['ssh-keyscan', '-t', 'ed25519', 'localhost'])).toContain('ssh-ed25519');
  });

  it('runs Node 24 itself', async () => {
    expect(await host.must(['node', '-p', 'process.version'])).toMatch(/^v24\./);
  });

  it('has a Docker of its own with the stand-in for the Node image', async () => {
    const run = ['docker', 'run', '--rm', '--user', 'node', 'node:24-bookworm-slim'];
    expect(await host.must([...run, '-p', 'process.version + process.getuid()'])).toMatch(/^v24\..*1000$/);
    expect(await host.must([...run, 'npm', '--version'])).toMatch(/^1\d\./);
  });

  it('has a stand-in for MariaDB that is healthy without root, capabilities or a writable root', async () => {
    await host.writeFile('/root/password', `p'w"$x\\ü`);
    const hard =
      '--read-only --cap-drop ALL --security-opt no-new-privileges --user 999:999 --tmpfs /tmp --tmpfs /run/mysqld';
    const settings = ['DATABASE=gate', 'USER=web', 'PASSWORD_FILE=/run/password', 'RANDOM_ROOT_PASSWORD=1'];
    await host.must([
      ...['docker', 'run', '--detach', '--name', 'db', ...hard.split(' '), '--volume', 'db:/var/lib/mysql'],
      ...['--volume', '/root/password:/run/password:ro', ...settings.flatMap(of => ['--env', `MARIADB_${of}`])],
      'mariadb:10.11',
    ]);
    const healthy = 'until docker exec db healthcheck.sh --connect --innodb_initialized; do sleep 0.3; done';
    await host.must(['sh', '-c', healthy], { timeoutMs: 30_000 });
    const ask = (password: string) =>
      host.exec([
        'sh',
        '-c',
        'exec docker exec db mariadb -hlocalhost --protocol=tcp -uweb -p"$0" gate -Ne "show tables"',
        password,
      ]);
    expect(await ask(`p'w"$x\\ü`)).toMatchObject({ code: 0, stdout: '' });
    expect((await ask('wrong')).stderr).toContain('Access denied');
    await host.must(['docker', 'rm', '--force', 'db']);
  }, 60_000);

  it('gives the exit code, both outputs and stdin of a program', async () => {
    const script = 'read line; echo "out $line"; echo err >&2; exit 7';
    expect(await host.exec(['sh', '-c', script], { input: 'in\n' })).toEqual({
      code: 7,
      stdout: 'out in\n',
      stderr: 'err\n',
    });
    expect((await host.exec(['no-such-program'])).code).toBe(127);
  });

  it('runs as a user with his groups, with settings, within a time', async () => {
    expect((await host.exec(['id', '-Gn'], { user: 'debian' })).stdout).toBe('debian sudo\n');
    expect((await host.exec(['sh', '-c', 'echo "$WORD"'], { env: { WORD: 'a b' } })).stdout).toBe('a b\n');
    expect((await host.exec(['sleep', '60'], { timeoutMs: 300 })).code).toBe(124);
    expect((await host.exec(['pgrep', '-x', 'sleep'])).code).toBe(1);
  });

  it('gives a terminal where one is asked for, and none otherwise', async () => {
    const typed = await host.exec(['sh', '-c', 'read line; test -t 0 && echo "typed $line; exit 5"'], {
      tty: true,
      input: 'x\n',
    });
    expect(typed.stdout).toContain('typed x');
    expect((await host.exec(['test', '-t', '0'])).code).toBe(1);
  });

  it('takes files and folders in, less what is not wanted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-copy-'));
    try {
      await mkdir(join(folder, 'sub/skip'), { recursive: true });
      await writeFile(join(folder, 'sub/run.sh'), '#!/bin/sh\n', { mode: 0o755 });
      await host.copyIn(folder, '/srv/copy', ['skip']);
      expect(await host.must(['stat', '-c', '%a %U', '/srv/copy/sub/run.sh'])).toBe('755 root');
      expect((await host.exec(['ls', '/srv/copy/sub'])).stdout).toBe('run.sh\n');
      await host.copyIn(join(folder, 'sub/run.sh'), '/srv/one');
      expect(await host.readFile('/srv/one')).toBe('#!/bin/sh\n');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('restarts a unit, and says why one does not come up', async () => {
    await host.restartUnit('ssh');
    await expect(host.restartUnit('no-such')).rejects.toThrow('no-such');
    await expect(host.readFile('/no/such')).rejects.toThrow('/no/such');
  });

  it('leaves neither a container nor a volume behind', async () => {
    const second = await startHost();
    const there = () => Promise.all(['container', 'volume'].map(kind => dockerRun([kind, 'inspect', second.name])));
    expect((await there()).map(({ code }) => code)).toEqual([0, 0]);
    await second.stop();
    expect((await there()).map(({ code }) => code)).toEqual([1, 1]);
  }, 60_000);
});
