import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Refused } from '../../allowlist/refused.ts';
import type { Command } from '../../allowlist/wire.ts';
import { type Due, openTickets, type TicketRequest } from './tickets.ts';

const [web, other] = [990, 991];
const lock: TicketRequest = { cmd: 'usermod', args: ['-L', '-e', '1', 'ann'] };
const password: TicketRequest = { cmd: 'chpasswd', args: ['-e'], stdin: 'ann:$6$x$y\n' };
const remove: TicketRequest = { cmd: 'userdel', args: ['ann'] };
const unlock: TicketRequest = { cmd: 'usermod', args: ['-e', '', 'ann'], undo: true };
const putBack: TicketRequest = { cmd: '@untrash', args: ['ann.1'], undo: true };

let dir = mkdtempSync(join(tmpdir(), 'gatehouse-tickets-'));
afterEach(() => {
  rmSync(dir, { recursive: true });
  dir = mkdtempSync(join(tmpdir(), 'gatehouse-tickets-'));
});

function given(requests: TicketRequest[], enrolment: () => string | null = () => 'one') {
  const tickets = openTickets(enrolment, dir);
  const ticket = tickets.issue(web, requests, 0);
  const next = (request: Command, uid = web, nowMs = 1) => tickets.next(ticket, uid, request, nowMs);
  const due = (request: Command): Due => {
    const found = next(request);
    if (found instanceof Refused) throw new Error(found.message);
    return found;
  };
  return { tickets, ticket, next, due, run: (request: Command) => due(request).spend() };
}

function refused(answer: Due | Refused, sentence: RegExp) {
  expect(answer).toBeInstanceOf(Refused);
  expect(answer).toMatchObject({ problem: 'needs-confirmation', message: expect.stringMatching(sentence) });
}

describe('a ticket', () => {
  it('is 32 lowercase hex digits, and never the same', () => {
    const { tickets, ticket } = given([lock]);
    expect(ticket).toMatch(/^[0-9a-f]{32}$/);
    expect(tickets.issue(web, [lock], 0)).not.toBe(ticket);
  });

  it('runs its requests once each, in their order', () => {
    const { next, run } = given([lock, password, remove]);
    refused(next(password), /request 1, to the byte/);
    expect(run(lock)).toBe(true);
    refused(next(lock), /request 2, to the byte/);
    expect(run(password)).toBe(true);
    expect(run(remove)).toBe(true);
    refused(next(remove), /confirm with a new code/);
  });

  it('runs a request that it lists twice, twice', () => {
    const { next, run } = given([lock, lock]);
    expect([run(lock), run(lock)]).toEqual([true, true]);
    refused(next(lock), /new code/);
  });

  it('spends nothing on a wrong request', () => {
    const { next, run } = given([lock, remove]);
    for (let i = 0; i < 40; i++) refused(next(remove), /request 1/);
    expect(run(lock)).toBe(true);
  });

  it.each<[string, Command]>([
    ['cmd', { ...password, cmd: 'chpasswd2' }],
    ['one byte of an argument', { ...password, args: ['-E'] }],
    ['the number of arguments', { ...password, args: ['-e', ''] }],
    ['no argument', { ...password, args: [] }],
    ['the argument split in two', { ...password, args: ['-', 'e'] }],
    ['one byte of stdin', { ...password, stdin: 'ann:$6$x$z\n' }],
    ['the end of stdin', { ...password, stdin: 'ann:$6$x$y' }],
    ['stdin left out', { cmd: 'chpasswd', args: ['-e'] }],
    ['argument that only becomes the text', { ...password, args: [{ toString: () => '-e' } as unknown as string] }],
  ])('refuses a request with another %s', (_, request) => {
    const { next, run } = given([password]);
    refused(next(request), /request 1, to the byte/);
    expect(run({ cmd: 'chpasswd', args: ['-e'], stdin: 'ann:$6$x$y\n' })).toBe(true);
  });

  it('tells apart what joins to the same text', () => {
    const { next, run } = given([{ cmd: 'usermod', args: ['-c', 'a b', 'ann'] }]);
    refused(next({ cmd: 'usermod', args: ['-c', 'a', 'b', 'ann'] }), /request 1/);
    refused(next({ cmd: 'usermod', args: ['-c,a b', 'ann'] }), /request 1/);
    expect(run({ cmd: 'usermod', args: ['-c', 'a b', 'ann'] })).toBe(true);
  });

  it('tells an empty stdin from none', () => {
    const { next } = given([lock]);
    refused(next({ ...lock, stdin: '' }), /request 1/);
  });

  it('keeps what was confirmed when the caller changes its own list later', () => {
    const args = ['ann'];
    const { next, run } = given([{ cmd: 'userdel', args }]);
    args[0] = 'bob';
    refused(next({ cmd: 'userdel', args: ['bob'] }), /request 1/);
    expect(run(remove)).toBe(true);
  });

  it('serves the uid it was given to, and nobody else', () => {
    const { next, run } = given([lock]);
    refused(next(lock, other), /belongs to another peer/);
    refused(next(lock, 0), /belongs to another peer/);
    expect(run(lock)).toBe(true);
  });

  it('lives ten minutes', () => {
    const { next } = given([lock]);
    expect(next(lock, web, 599_999)).not.toBeInstanceOf(Refused);
    refused(next(lock, web, 600_000), /has ended/);
  });

  it.each(['', '0'.repeat(32), '__proto__', 'constructor'])('is not %j', name => {
    const { tickets, run } = given([lock]);
    refused(tickets.next(name, web, lock, 1), /never given/);
    expect(run(lock)).toBe(true);
  });

  it('ends with the enrolment it was issued under', () => {
    let enrolment: string | null = 'one';
    const { next, run } = given([lock, remove], () => enrolment);
    expect(run(lock)).toBe(true);
    for (enrolment of ['two', null]) refused(next(remove), /has ended/);
  });

  it('issued when the enrolment was just removed opens nothing', () => {
    const { next } = given([lock], () => null);
    refused(next(lock), /has ended/);
  });

  it('ends with all others, also between being found due and being spent', () => {
    const { tickets, next, due } = given([lock]);
    const found = due(lock);
    tickets.endAll();
    expect(found.spend()).toBe(false);
    refused(next(lock), /has ended/);
  });
});

describe('two at once', () => {
  it('spends a request for the first of two that found it due', () => {
    const { due } = given([lock, remove]);
    const [first, second] = [due(lock), due(lock)];
    expect([second.spend(), first.spend(), first.spend()]).toEqual([true, false, false]);
  });

  it('spends a request that stands twice for both, one after the other', () => {
    const { due } = given([lock, lock]);
    const [first, second] = [due(lock), due(lock)];
    expect([first.spend(), second.spend()]).toEqual([true, false]);
    expect(due(lock).spend()).toBe(true);
  });

  it('gives a request back whose intent could not be written', () => {
    const { due, next, run } = given([lock, remove]);
    const taken = due(lock);
    expect(taken.spend()).toBe(true);
    taken.giveBack();
    refused(next(remove), /request 1/);
    expect([run(lock), run(remove)]).toEqual([true, true]);
  });

  it('takes no request back that another has spent', () => {
    const { due, next } = given([lock]);
    const [first, second] = [due(lock), due(lock)];
    expect([first.spend(), second.spend()]).toEqual([true, false]);
    second.giveBack();
    refused(next(lock), /new code/);
  });
});

describe('the undo', () => {
  const change = [lock, remove, unlock, putBack];

  it('waits until a step failed', () => {
    const { next, due, run } = given(change);
    refused(next(unlock), /request 1, to the byte/);
    run(lock);
    const step = due(remove);
    step.spend();
    refused(next(unlock), /new code/);
    step.ended(false);
    expect(run(unlock)).toBe(true);
  });

  it('runs in the order listed, once each', () => {
    const { next, due, run } = given(change);
    due(lock).ended(false);
    refused(next(putBack), /request 3 or request 1/);
    expect(run(unlock)).toBe(true);
    refused(next(unlock), /request 4/);
    expect(run(putBack)).toBe(true);
    refused(next(putBack), /new code/);
  });

  it('lets further steps run after a failure, and none once it has begun', () => {
    const { next, due, run } = given([lock, password, remove, unlock]);
    const step = due(lock);
    step.spend();
    step.ended(false);
    expect(run(password)).toBe(true);
    const late = due(remove);
    expect(run(unlock)).toBe(true);
    refused(next(remove), /new code/);
    expect(late.spend()).toBe(false);
  });

  it('is what a request means that stands in both lists, after a failure', () => {
    const again: TicketRequest = { ...remove, undo: true };
    const { next, due } = given([lock, remove, again]);
    const step = due(lock);
    step.spend();
    step.ended(false);
    expect(due(remove).spend()).toBe(true);
    refused(next(remove), /new code/);
  });
});

describe('after a restart', () => {
  const requests = [lock, password, remove, unlock, putBack];
  const begun = (ticket: ReturnType<typeof given>) => {
    ticket.run(lock);
    ticket.run(password);
    return ticket.ticket;
  };
  /** As a start does: what its clocks say, and which enrolment there is. */
  const again = (leftMs = 0, enrolment = 'one', openedMs = 7) =>
    openTickets(
      () => enrolment,
      dir,
      openedMs,
      () => Date.now() + leftMs,
    );

  it('the undo of what had begun is due, in its order, and nothing goes on', () => {
    const ticket = begun(given(requests));
    const tickets = again();
    for (const forward of [lock, password, remove, putBack])
      refused(tickets.next(ticket, web, forward, 8), /request 1, to the byte/);
    refused(tickets.next(ticket, other, unlock, 8), /another peer/);
    expect((tickets.next(ticket, web, unlock, 8) as Due).spend()).toBe(true);
    refused(tickets.next(ticket, web, unlock, 8), /request 2/);
    // And after another one.
    refused(again().next(ticket, web, unlock, 8), /request 1/);
    expect((again().next(ticket, web, putBack, 8) as Due).spend()).toBe(true);
    refused(again().next(ticket, web, putBack, 8), /never given/);
  });

  it('nothing is due of what had not begun, had all gone well, or has no undo', () => {
    const fresh = given(requests).ticket;
    const whole = given([lock, unlock]);
    const step = whole.due(lock);
    step.spend();
    step.ended(true);
    const plain = given([lock, password]);
    plain.run(lock);
    begun(given(requests));
    const tickets = again();
    for (const { ticket, request } of [
      { ticket: fresh, request: unlock },
      { ticket: whole.ticket, request: unlock },
      { ticket: plain.ticket, request: password },
    ])
      refused(tickets.next(ticket, web, request, 8), /never given/);
  });

  it('it ends with its ten minutes, by the clock of the host, and with its enrolment; a clock that was set back ends it', () => {
    const ticket = begun(given(requests));
    expect(again(599_000).next(ticket, web, unlock, 8)).not.toBeInstanceOf(Refused);
    refused(again(599_000).next(ticket, web, unlock, 1_100), /has ended/);
    refused(again(600_001).next(ticket, web, unlock, 8), /has ended/);
    refused(again(-60_000).next(ticket, web, unlock, 8), /has ended/);
    refused(again(0, 'two').next(ticket, web, unlock, 8), /has ended/);
  });

  it('what a reset, a lock-out or the owner closed stays closed', () => {
    const all = given(requests);
    begun(all);
    all.tickets.endAll();
    refused(again().next(all.ticket, web, unlock, 8), /has ended/);
    const tickets = again();
    const own = tickets.issue(web, requests, 8, 'ann');
    (tickets.next(own, web, lock, 8) as Due).spend();
    expect(again().next(own, web, unlock, 9)).not.toBeInstanceOf(Refused);
    tickets.endOwn('ann', 9);
    refused(again().next(own, web, unlock, 9), /has ended/);
  });

  it('neither the ticket nor a secret stands in the file', () => {
    const ticket = begun(given([lock, password, { ...password, undo: true }]));
    const text = readFileSync(join(dir, 'tickets.json'), 'utf8');
    expect(text).toMatch(/"undo":\["[0-9a-f]{64}"\]/);
    for (const secret of [ticket, '$6$', 'ann']) expect(text).not.toContain(secret);
  });

  it('a step is not spent where that could not be kept', () => {
    const { due, run } = given(requests);
    mkdirSync(join(dir, 'tickets.json.new'));
    const step = due(lock);
    expect(() => step.spend()).toThrow();
    step.giveBack();
    rmSync(join(dir, 'tickets.json.new'), { recursive: true });
    expect(run(lock)).toBe(true);
  });
});

describe('what a password opened', () => {
  it('is closed once the owner has acted on its user, also where it was only being checked then; others stay open', () => {
    const tickets = openTickets(() => 'one', dir);
    const [before, bobs, owners] = [
      tickets.issue(web, [lock], 5, 'ann'),
      tickets.issue(web, [lock], 5, 'bob'),
      tickets.issue(web, [lock], 5),
    ];
    tickets.endOwn('ann', 10);
    const [meanwhile, after] = [tickets.issue(web, [lock], 9, 'ann'), tickets.issue(web, [lock], 11, 'ann')];
    for (const ticket of [before, meanwhile]) refused(tickets.next(ticket, web, lock, 12), /has ended/);
    for (const ticket of [bobs, owners, after]) expect(tickets.next(ticket, web, lock, 12)).not.toBeInstanceOf(Refused);
  });
});

describe('memory', () => {
  it('keeps the newest 64 tickets', () => {
    const tickets = openTickets(() => 'one', dir);
    const own = Array.from({ length: 65 }, () => tickets.issue(web, [lock], 0));
    refused(tickets.next(own[0]!, web, lock, 1), /has ended/);
    expect(tickets.next(own[1]!, web, lock, 1)).not.toBeInstanceOf(Refused);
    expect(tickets.next(own[64]!, web, lock, 1)).not.toBeInstanceOf(Refused);
  });

  it('drops none for the tickets of another peer', () => {
    const tickets = openTickets(() => 'one', dir);
    const own = tickets.issue(web, [lock], 0);
    for (let i = 0; i < 70; i++) tickets.issue(other, [lock], 0);
    expect(tickets.next(own, web, lock, 1)).not.toBeInstanceOf(Refused);
  });

  it('drops what own passwords opened before what the owner did, however many those are', () => {
    const tickets = openTickets(() => 'one', dir);
    const owners = tickets.issue(web, [lock], 0);
    const anns = Array.from({ length: 65 }, () => tickets.issue(web, [lock], 0, 'ann'));
    expect(tickets.next(owners, web, lock, 1)).not.toBeInstanceOf(Refused);
    refused(tickets.next(anns[0]!, web, lock, 1), /has ended/);
    expect(tickets.next(anns[64]!, web, lock, 1)).not.toBeInstanceOf(Refused);
  });

  it('sweeps what has expired before it drops what lives', () => {
    const tickets = openTickets(() => 'one', dir);
    for (let i = 0; i < 63; i++) tickets.issue(web, [lock], 0);
    const young = tickets.issue(web, [lock], 500_000);
    for (let i = 0; i < 63; i++) tickets.issue(web, [lock], 600_000);
    expect(tickets.next(young, web, lock, 600_001)).not.toBeInstanceOf(Refused);
  });
});
