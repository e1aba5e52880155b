import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { lockFile, peerOf } from './native.ts';

const folder = mkdtempSync(join(tmpdir(), 'native-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('peerOf', () => {
  it('names the process, user and group at the other end of a Unix socket', async () => {
    const path = join(folder, 'own');
    const server = await listening(createServer().listen(path));
    connect(path).unref();
    const peer = await firstPeer(server);
    expect(peer).toEqual({ pid: process.pid, uid: process.getuid!(), gid: process.getgid!() });
  });

  it('names another process as that process', async () => {
    const path = join(folder, 'other');
    const server = await listening(createServer().listen(path));
    const other = node(`require('node:net').connect(${JSON.stringify(path)})`);
    const peer = await firstPeer(server);
    expect(peer?.pid).toBe(other.pid);
    other.kill();
  });

  it('knows nobody at the other end of a TCP connection', async () => {
    const server = await listening(createServer().listen(0, '127.0.0.1'));
    connect((server.address() as AddressInfo).port, '127.0.0.1').unref();
    expect(await firstPeer(server)).toBeUndefined();
  });

  it('knows nobody where a socket names no descriptor', () => {
    expect(peerOf(new Socket())).toBeUndefined();
    expect(peerOf({ _handle: null } as unknown as Socket)).toBeUndefined();
    expect(peerOf({ _handle: { fd: -1 } } as unknown as Socket)).toBeUndefined();
    expect(peerOf({ _handle: { fd: '3' } } as unknown as Socket)).toBeUndefined();
  });
});

describe('lockFile', () => {
  it('gives a file to one holder at a time, and to the next when that one closes it', () => {
    const path = join(folder, 'lock');
    const first = openSync(path, 'w');
    const second = openSync(path, 'w');
    expect(lockFile(first)).toBe(true);
    expect(lockFile(second)).toBe(false);
    closeSync(first);
    expect(lockFile(second)).toBe(true);
    closeSync(second);
  });

  it('takes no descriptor that is not open', () => {
    expect(lockFile(-1)).toBe(false);
  });
});

async function listening(server: Server): Promise<Server> {
  await once(server, 'listening');
  return server;
}

async function firstPeer(server: Server) {
  const [socket] = (await once(server, 'connection')) as [Socket];
  const peer = peerOf(socket);
  socket.destroy();
  server.close();
  return peer;
}

function node(script: string): ChildProcess {
  return spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
}
