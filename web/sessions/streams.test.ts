import { EventEmitter, once } from 'node:events';
import { get } from 'node:http';
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

interface Onlooker {
  person: Visitor;
  isOpen(): boolean;
}

/** A house with a page that stays open, and people who look at it. */
async function openStage(): Promise<{ house: TestHouse; look(login: string): Promise<Onlooker> }> {
  const answers: Response[] = [];
  const router = Router();
  router.get('/', (req, res) => {
    keepOpen(req, res);
    res.type('text/event-stream').flushHeaders();
    answers.push(res);
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
    async look(login) {
      const person = house.dashboard.visitor();
      await person.get('/sign-in');
      const signedIn = await person.post('/sign-in', { login, password });
      const cookies = signedIn.headers['set-cookie'] as unknown as string[];
      await person.get('/me');
      const headers = { Host: '127.0.0.1:8080', Cookie: cookies.map(text => text.split(';')[0]).join('; ') };
      const asked = get({ port, host: '127.0.0.1', path: '/stream', headers });
      await once(asked, 'response');
      asked.on('error', () => {});
      const answer = answers.at(-1)!;
      return { person, isOpen: () => !answer.destroyed };
    },
  };
}

type Act = (sam: Visitor, house: TestHouse) => Promise<{ status: number }>;
const own = { old: password, password: 'some other words', repeat: 'some other words' };
const changed = { name: 'Sam', role: 'administrator', user: '' };

describe('an answer that stays open', () => {
  it.each<[string, Act]>([
    ['its account signs out', sam => sam.post('/sign-out')],
    ['the password changes', sam => sam.post('/me/password', own)],
    ['all sessions are ended', sam => sam.post('/me/sessions/end', { session: 'all' })],
    ['the role changes', (_, { admin }) => admin.post('/accounts/id-sam', changed)],
    ['its sessions are ended by an administrator', (_, { admin }) => admin.post('/accounts/id-sam/sessions/end')],
    ['its password is taken away', (_, { admin }) => admin.post('/accounts/id-sam/invite')],
    ['its account is deleted', (_, { admin }) => admin.post('/accounts/id-sam/delete', { confirm: 'sam' })],
  ])('ends at once when %s, and what others look at does not', async (_, act) => {
    const { house, look } = await openStage();
    await house.make({ login: 'sam' });
    await house.make({ login: 'kim' });
    const [sam, kim] = [await look('sam'), await look('kim')];
    expect([sam.isOpen(), kim.isOpen()]).toEqual([true, true]);
    expect((await act(sam.person, house)).status).toBeLessThan(400);
    expect([sam.isOpen(), kim.isOpen()]).toEqual([false, true]);
  });

  it('stays where another session of the same account is ended', async () => {
    const { house, look } = await openStage();
    await house.make({ login: 'sam' });
    const [one, two] = [await look('sam'), await look('sam')];
    await one.person.post('/me/sessions/end', { session: 'others' });
    expect([one.isOpen(), two.isOpen()]).toEqual([true, false]);
  });
});

describe('the open answers', () => {
  function opened(streams: Streams, id: string, account = id) {
    const res = Object.assign(new EventEmitter(), {
      destroyed: false,
      destroy() {
        res.destroyed = true;
        res.emit('close');
      },
    });
    streams.add(id, account, res as unknown as Response);
    return res;
  }

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

  it('are at most twenty of one account, whichever session asks', () => {
    const streams = new Streams(async ids => ids);
    const all = Array.from({ length: 20 }, (_, n) => opened(streams, `session ${n}`, 'sam'));
    expect(() => opened(streams, 'another', 'sam')).toThrow('Problem 429');
    opened(streams, 'another', 'kim');
    all[0]!.destroy();
    opened(streams, 'another', 'sam');
  });

  it('are not counted where they were left before', () => {
    const streams = new Streams(async ids => ids);
    const left = Object.assign(new EventEmitter(), { destroyed: true });
    for (let i = 0; i < 30; i++) streams.add('a', 'sam', left as unknown as Response);
    opened(streams, 'a', 'sam');
  });

  it('end where the database cannot say', async () => {
    const streams = new Streams(() => Promise.reject(new Error('gone')));
    const a = opened(streams, 'a');
    await streams.look();
    expect(a.destroyed).toBe(true);
  });
});
