// A MariaDB of its own for the tests: an empty database on a free port, gone with the folder it lives in.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface TestDatabase {
  url: string;
  stop(): Promise<void>;
}

/** Undefined where MariaDB is not installed or does not start. */
export async function startMariaDb(): Promise<TestDatabase | undefined> {
  if (!existsSync('/usr/sbin/mariadbd')) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-mariadb-'));
  const socket = join(folder, 'socket');
  const port = await freePort();
  const own = process.getuid?.() === 0 ? ['--user=root'] : [];
  const data = ['--no-defaults', `--datadir=${join(folder, 'data')}`];
  const made = spawnSync('mariadb-install-db', [...data, ...own, '--auth-root-authentication-method=normal'], {
    encoding: 'utf8',
  });
  const server = spawn(
    '/usr/sbin/mariadbd',
    [
      ...data,
      ...own,
      `--socket=${socket}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      ...['--innodb-flush-log-at-trx-commit=0', '--skip-innodb-doublewrite', '--innodb-flush-method=nosync'],
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>(resolve => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  const make =
    "CREATE DATABASE gatehouse CHARACTER SET utf8mb4; CREATE USER test@'127.0.0.1' IDENTIFIED BY 'test'; GRANT ALL ON *.* TO test@'127.0.0.1'";
  for (let tries = 0; tries < 100 && server.exitCode === null; tries++) {
    const { status } = spawnSync('mariadb', ['--no-defaults', `--socket=${socket}`, '-uroot', '-e', make]);
    if (status === 0) return { url: `mysql://test:test@127.0.0.1:${port}/gatehouse`, stop };
    await sleep(200);
  }
  console.log(`MariaDB did not start: ${made.stderr.slice(-300)}`);
  await stop();
  return undefined;
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
