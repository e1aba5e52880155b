// Listens on the socket, lets in only listed peers, and keeps the number of connections bounded.
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { basename, dirname } from 'node:path';
import { Refused } from '../allowlist/refused.ts';
import { limits } from '../allowlist/wire.ts';
import { Connection, type Gate } from './connection.ts';
import { type Peer, peerOf } from './native.ts';
import type { Settings } from './settings.ts';

export interface Listening {
  /** Lets nobody in any more, and takes the socket away. */
  stop(): void;
}

type Where = Pick<Settings, 'socket' | 'gid' | 'peerUids'>;

export async function listen(settings: Where, gate: Gate, mode = 0o660): Promise<Listening> {
  const connections = new Set<Connection>();
  const server = createServer({ allowHalfOpen: true }, socket => admit(socket, settings.peerUids, connections, gate));
  await bind(server, settings, mode);
  return {
    stop: () => {
      server.close();
      rmSync(settings.socket, { force: true });
    },
  };
}

/** The kernel says who connects; whoever may not, or finds no room, hears one sentence and is gone. */
function admit(socket: Socket, peerUids: ReadonlySet<number>, connections: Set<Connection>, gate: Gate): void {
  const peer = peerOf(socket);
  const no =
    peer === undefined
      ? new Refused('not-allowed', 'The kernel does not say who connects, so nobody is let in.')
      : !peerUids.has(peer.uid)
        ? new Refused('not-allowed', `The uid ${peer.uid} may not speak to this agent.`)
        : connections.size >= limits.connections && !closeIdlest(connections)
          ? new Refused('busy', `${limits.connections} connections wait for answers already; try again in a moment.`)
          : undefined;
  if (!peer || no) return turnAway(socket, no as Refused, peer ?? { pid: -1, uid: -1, gid: -1 }, gate);
  const connection = new Connection(socket, peer, gate);
  connections.add(connection);
  socket.on('close', () => connections.delete(connection));
}

function turnAway(socket: Socket, refused: Refused, peer: Peer, gate: Gate): void {
  const { problem, message } = refused;
  const entry = gate.recordBadLine(refused, peer, undefined);
  socket.on('error', () => socket.destroy());
  socket.end(`${JSON.stringify({ id: null, event: 'refused', problem, message, entry })}\n`);
  setTimeout(() => socket.destroy(), 1000).unref();
}

/** Makes room by closing the connection that has been idle longest; none is, where each has a request open. */
function closeIdlest(connections: Set<Connection>): boolean {
  let idlest: Connection | undefined;
  for (const connection of connections)
    if (connection.openRequests === 0 && (!idlest || connection.lastActive < idlest.lastActive)) idlest = connection;
  if (!idlest) return false;
  idlest.close();
  connections.delete(idlest);
  return true;
}

async function bind(server: Server, { socket, gid }: Where, mode: number): Promise<void> {
  if (lstatSync(socket, { throwIfNoEntry: false })?.isSocket() === false)
    throw new Error(
      `${socket} is not a socket and is left as it is; GATEHOUSE_SOCKET and GATEHOUSE_STATE must lead to places of the agent's own, an example is GATEHOUSE_SOCKET=/run/gatehouse/agent.sock.`,
    );
  // sun_path of unix(7), with its NUL.
  if (Buffer.byteLength(socket) > 107)
    throw new Error(
      `${socket} is longer than the 107 bytes that a socket may have; set GATEHOUSE_SOCKET and GATEHOUSE_STATE shorter, an example is GATEHOUSE_SOCKET=/run/gatehouse/agent.sock.`,
    );
  const folder = dirname(socket);
  const isNew = mkdirSync(folder, { recursive: true, mode: 0o750 }) !== undefined;
  // Whoever else had something there would find himself shut out.
  if (gid !== undefined && readdirSync(folder).some(name => name !== basename(socket)))
    throw new Error(
      `${folder} holds other things than the socket; GATEHOUSE_SOCKET must lead to a folder of its own, an example is GATEHOUSE_SOCKET=/run/gatehouse/agent.sock.`,
    );
  if (gid !== undefined) chownSync(folder, 0, gid);
  if (isNew || gid !== undefined) chmodSync(folder, 0o750);
  if (await answers(socket)) throw new Error(`Another agent serves on ${socket} already; stop it first.`);
  rmSync(socket, { force: true });
  const before = process.umask(0o777 & ~mode);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ path: socket, backlog: limits.connections }, resolve);
    });
  } finally {
    process.umask(before);
  }
  if (gid !== undefined) chownSync(socket, 0, gid);
}

function answers(path: string): Promise<boolean> {
  if (!lstatSync(path, { throwIfNoEntry: false })) return Promise.resolve(false);
  return new Promise(resolve => {
    const probe = connect(path);
    probe.on('connect', () => resolve(true)).on('error', () => resolve(false));
    probe.on('close', () => {}).setTimeout(1000, () => resolve(false));
    probe.on('connect', () => probe.destroy());
  });
}
