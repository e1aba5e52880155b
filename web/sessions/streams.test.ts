import { EventEmitter, once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Response, Router } from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { openHouse, password, type TestHouse } from '../accounts/accounts.fixture.ts';
import { roles } from '../accounts/store.ts';
import type { Visitor } from '../visitor.fixture.ts';
import { keepOpen, Streams } from './streams.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

interface Somebody {
  person: Visitor;
  /** What the page that stays open says next: a text, or that it was cut off. */
  hear(): Promise<string>;
}

/** A house with a page that stays open, and people who look at it. */
async function openStage() {
  const open = new Set<Response>();
  const router = Router();
  router.get('/', (req, res) => {
    res.type('text/event-stream').flushHeaders();
    open.add(res);
    keepOpen(req, res);
  });
  const house = await openHouse([{ path: '/stream', access: { look: roles, act: roles }, router }]);
  const server = house.dashboard.app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    house,
    sayToAll(text: string): void {
      for (const res of open) res.write(text);
    },
    async look(login: string): Promise<Somebody> {
      const person = house.dashboard.visitor();
      await person.get('/sign-in');
      const signedIn = await person.post('/sign-in', { login, password });
      const cookies = signedIn.headers['set-cookie'] as unknown as string[];
      await person.get('/me');
      const headers = { Host: '127.0.0.1:8080', Cookie: cookies.map(text => text.split(';')[0]).join('; ') };
      const [answer] = (await once(get({ port, host: '127.0.0.1', path: '/stream', headers }), 'response')) as [
        IncomingMessage,
      ];
      expect(answer.statusCode).toBe(200);
      const heard = new Promise<string>(resolve => {
        answer.once('data', chunk => resolve(String(chunk)));
        answer.once('error', () => resolve('cut off'));
      });
      return { person, hear: () => heard };
    },
  };
}

type Act = (sam: Visitor, house: TestHouse) => Promise<unknown>;
const own = { old: password, password: 'some other words', repeat: 'some other words' };

describe('an answer that stays open', () => {
  it.each<[string, Act]>([
    ['its account signs out', sam => sam.post('/sign-out')],
    ['the password changes', sam => sam.post('/me/password', own)],
    ['all sessions are ended', sam => sam.post('/me/sessions/end', { session: 'all' })],
    [
      'the role changes',
      (_, { admin }) => admin.post('/accounts/id-sam', { name: 'S', role: 'administrator', user: '' }),
    ],
    ['its sessions are ended by an administrator', (_, { admin }) => admin.post('/accounts/id-sam/sessions/end')],
    ['its password is taken away', (_, { admin }) => admin.post('/accounts/id-sam/invite')],
    ['its account is deleted', (_, { admin }) => admin.post('/accounts/id-sam/delete', { confirm: 'sam' })],
  ])('ends when %s, and what others look at does not', async (_, act) => {
    const { house, look, sayToAll } = await openStage();
    await house.make({ login: 'sam' });
    await house.make({ login: 'kim' });
    const [sam, kim] = [await look('sam'), await look('kim')];
    await act(sam.person, house);
    expect(await sam.hear()).toBe('cut off');
    sayToAll('on we go');
    expect(await kim.hear()).toBe('on we go');
  });

  it('stays where another session of the same account is ended', async () => {
    const { house, look, sayToAll } = await openStage();
    await house.make({ login: 'sam' });
    const [one, two] = [await look('sam'), await look('sam')];
    await one.person.post('/me/sessions/end', { session: 'others' });
    expect(await two.hear()).toBe('cut off');
    sayToAll('on we go');
    expect(await one.hear()).toBe('on we go');
  });
});

describe('the open answers', () => {
  const answer = () => Object.assign(new EventEmitter(), { destroyed: false, destroy: () => {} });
  const opened = (streams: Streams, id: string) => {
    const res = answer();
    res.destroy = () => {
      res.destroyed = true;
      res.emit('close');
    };
    streams.add(id, res as unknown as Response);
    return res;
  };

  it('end when a look finds their session gone, whoever ended it', async () => {
    let alive = ['a', 'b'];
    const streams = new Streams(async ids => ids.filter(id => alive.includes(id)));
    const [a, b] = [opened(streams, 'a'), opened(streams, 'b')];
    await streams.look();
    expect([a.destroyed, b.destroyed]).toEqual([false, false]);
    alive = ['b'];
    await streams.look();
    expect([a.destroyed, b.destroyed]).toEqual([true, false]);
  });

  it('end where the database cannot say', async () => {
    const streams = new Streams(() => Promise.reject(new Error('gone')));
    const a = opened(streams, 'a');
    await streams.look();
    expect(a.destroyed).toBe(true);
  });
});
