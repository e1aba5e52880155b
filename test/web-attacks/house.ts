// The whole dashboard with every feature and a real agent in dummy mode, on a port, for whoever attacks it: people of each role, and bytes as they stand.
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { hashPassword } from '../../web/accounts/password.ts';
import { type Account, insertAccount, type Role } from '../../web/accounts/store.ts';
import type { Feature } from '../../web/feature.ts';
import { type Features, openFeatures } from '../../web/features.ts';
import { openDashboard, type TestDashboard, Visitor } from '../../web/visitor.fixture.ts';
import { type Agent, startAgent } from '../agent/agent.ts';

export const password = 'a few plain words';
export const origin = 'http://127.0.0.1:8080';
const hash = hashPassword(password);

export interface House {
  dashboard: TestDashboard;
  /** Absent where `socket` names another one. */
  agent: Agent | undefined;
  features: readonly Feature[];
  port: number;
  server: Server;
  /** The administrator alex. */
  admin: Person;
  make(login: string, role: Role, user?: string): Promise<Account>;
  signIn(login: string, headers?: Record<string, string>): Promise<Person>;
  /** A request as bare as a program sends it; the answer's head, and a way to read on. */
  open(
    path: string,
    headers?: Record<string, string>,
    more?: { method?: string; body?: string | Buffer },
  ): Promise<Opened>;
  /** Bytes as they stand, and all that comes back until the other side ends. */
  bytes(text: string): Promise<string>;
  close(): Promise<void>;
}

export interface Person {
  visitor: Visitor;
  /** For requests that no Visitor sends. */
  cookie: string;
}

export interface Opened {
  answer: IncomingMessage;
  /** All that came so far. */
  text(): string;
  /** Resolves once the text holds these words, or the other side has ended. */
  until(words: string): Promise<string>;
  ended: Promise<void>;
  leave(): void;
}

export interface Options {
  env?: Record<string, string>;
  now?: () => number;
  /** Of another agent than a real one in dummy mode. */
  socket?: string;
}

export async function openHouse({ env, now, socket }: Options = {}): Promise<House> {
  const agent = socket === undefined ? await startAgent() : undefined;
  let opened: Features | undefined;
  const dashboard = await openDashboard({
    env: { GATEHOUSE_SOCKET: socket ?? agent?.socket ?? '', ...env },
    ...(now && { now }),
    features: deps => {
      opened = openFeatures(deps);
      return [...opened.list];
    },
  });
  const { settings, db } = dashboard.deps;
  const host = new URL(settings.origin).host;
  const server = createServer(dashboard.app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await dashboard.signedIn();

  const house: House = {
    ...{ dashboard, agent, server, port, features: opened?.list ?? [] },
    admin: undefined as unknown as Person,
    async make(login, role, user) {
      const account: Account = { id: `id-${login}`, login, name: login, role, language: null, user: user ?? null };
      await insertAccount(db, { ...account, password_hash: await hash, created_at: 0 });
      return account;
    },
    async signIn(login, sent = {}) {
      const visitor = new Visitor(server, settings.origin);
      await visitor.get('/sign-in');
      const { status, headers } = await visitor.post('/sign-in', { login, password }, sent);
      if (status !== 303) throw new Error(`${login} was not signed in: ${status}`);
      await visitor.get('/me');
      const set = [headers['set-cookie']].flat() as string[];
      return { visitor, cookie: set.map(line => line.split(';')[0]).join('; ') };
    },
    async open(path, headers = {}, { method = 'GET', body } = {}) {
      const asked = request({ port, host: '127.0.0.1', method, path, headers: { Host: host, ...headers } }).end(body);
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      return openedOf(answer);
    },
    async bytes(text) {
      const socket = connect(port, '127.0.0.1');
      socket.end(text);
      let back = '';
      for await (const part of socket) back += String(part);
      return back;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await opened?.close();
      await agent?.remove();
      await db.destroy();
    },
  };
  house.admin = await house.signIn('alex');
  return house;
}

function openedOf(answer: IncomingMessage): Opened {
  let text = '';
  const ended = new Promise<void>(resolve => answer.once('close', resolve));
  answer.setEncoding('utf8').on('data', part => {
    text += part;
  });
  answer.on('error', () => {});
  return {
    ...{ answer, ended, text: () => text, leave: () => answer.destroy() },
    async until(words) {
      while (!text.includes(words) && !answer.closed) await Promise.race([once(answer, 'data').catch(() => {}), ended]);
      return text;
    },
  };
}
