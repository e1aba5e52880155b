import { describe, expect, it } from 'vitest';
import { Refused } from '../allowlist/refused.ts';
import { Turns } from './turns.ts';

const never = new AbortController().signal;
const settled = () => new Promise(resolve => setImmediate(resolve));

/** Takes turns by name and notes who began; `end` ends one. */
function bench(places: number) {
  const turns = new Turns(places);
  const began: string[] = [];
  const ends = new Map<string, () => void>();
  const refused = new Map<string, string>();
  const ask = (name: string, connection: object, lock?: string, cancelled: AbortSignal = never) =>
    void turns.take(connection, lock, cancelled).then(turn => {
      if (turn instanceof Refused) return void refused.set(name, turn.problem);
      began.push(name);
      ends.set(name, turn);
    });
  const end = async (name: string) => {
    ends.get(name)?.();
    ends.delete(name);
    await settled();
  };
  return { turns, began, ends, refused, ask, end };
}

describe('turns', () => {
  it('are given at once where there is a place, and never more than there are', async () => {
    const { began, ends, ask, end } = bench(3);
    for (let i = 0; i < 5; i++) ask(`r${i}`, {});
    await settled();
    expect(began).toEqual(['r0', 'r1', 'r2']);
    await end('r1');
    expect(began).toEqual(['r0', 'r1', 'r2', 'r3']);
    expect(ends.size).toBe(3);
  });

  it('of one lock go in the order asked, one at a time; others do not wait for them', async () => {
    const { began, ask, end } = bench(8);
    for (const name of ['a', 'b', 'c']) ask(name, {}, 'accounts');
    ask('other', {}, 'files');
    ask('free', {});
    await settled();
    expect(new Set(began)).toEqual(new Set(['a', 'other', 'free']));
    await end('a');
    await end('b');
    expect(began.filter(name => 'abc'.includes(name))).toEqual(['a', 'b', 'c']);
  });

  it('that wait for a lock take no place', async () => {
    const { began, ask } = bench(2);
    for (const name of ['a', 'b', 'c', 'd']) ask(name, {}, 'accounts');
    ask('free', {});
    await settled();
    expect(new Set(began)).toEqual(new Set(['a', 'free']));
    expect(began.length).toBe(2);
  });

  it('go to the client that has least running', async () => {
    const { began, ask, end } = bench(4);
    const [greedy, modest] = [{}, {}];
    for (let i = 0; i < 10; i++) ask(`greedy${i}`, greedy);
    await settled();
    ask('modest', modest);
    await end('greedy0');
    expect(began.at(-1)).toBe('modest');
    await end('greedy1');
    expect(began.at(-1)).toBe('greedy4');
  });

  it('that are cancelled while they wait leave the queue, for a place or for a lock', async () => {
    const { began, refused, ask, end } = bench(1);
    const [forPlace, forLock] = [new AbortController(), new AbortController()];
    ask('runs', {}, 'accounts');
    await settled();
    ask('place', {}, undefined, forPlace.signal);
    ask('lock', {}, 'accounts', forLock.signal);
    ask('last', {}, 'accounts');
    await settled();
    forPlace.abort('asked');
    forLock.abort('gone');
    await settled();
    expect([...refused]).toEqual([
      ['place', 'cancelled'],
      ['lock', 'cancelled'],
    ]);
    await end('runs');
    await settled();
    expect(began).toEqual(['runs', 'last']);
  });

  it('give the lock back when they are cancelled while they wait for a place', async () => {
    const { began, ask, end } = bench(1);
    const cancel = new AbortController();
    ask('runs', {});
    await settled();
    ask('locked', {}, 'accounts', cancel.signal);
    await settled();
    cancel.abort('asked');
    await end('runs');
    ask('next', {}, 'accounts');
    await settled();
    expect(began).toEqual(['runs', 'next']);
  });

  it('asked with a cancelled request are not given', async () => {
    const { refused, began, ask } = bench(1);
    ask('runs', {}, 'accounts');
    await settled();
    ask('late', {}, 'accounts', AbortSignal.abort('gone'));
    await settled();
    expect(began).toEqual(['runs']);
    expect(refused.get('late')).toBe('cancelled');
  });

  it('are refused as busy where 256 wait, and given again when fewer do', async () => {
    const { refused, began, ask, end } = bench(1);
    ask('runs', {});
    await settled();
    for (let i = 0; i < 127; i++) ask(`place${i}`, {});
    for (let i = 0; i < 129; i++) ask(`lock${i}`, {}, 'accounts');
    await settled();
    ask('one more', {});
    await settled();
    expect(refused.get('one more')).toBe('busy');
    await end('runs');
    await settled();
    ask('another', {});
    await settled();
    expect(refused.has('another')).toBe(false);
    expect(began.length).toBe(2);
  });

  it('leave nothing behind, whatever happens', async () => {
    const { turns } = bench(2);
    let running = 0;
    let most = 0;
    const one = async (i: number) => {
      const cancel = new AbortController();
      if (i % 5 === 0) setImmediate(() => cancel.abort('asked'));
      const turn = await turns.take({}, i % 3 === 0 ? 'accounts' : undefined, cancel.signal);
      if (turn instanceof Refused) return;
      most = Math.max(most, ++running);
      await settled();
      running--;
      turn();
    };
    await Promise.all(Array.from({ length: 200 }, (_, i) => one(i)));
    expect(most).toBe(2);
    const again = await turns.take({}, 'accounts', never);
    expect(again).not.toBeInstanceOf(Refused);
  });
});
