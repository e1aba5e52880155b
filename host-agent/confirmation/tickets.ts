// What a right code opens: a list of exact requests, for one peer uid, for ten minutes. In memory, but for the undo of what has begun.
import { hash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Refused } from '../../allowlist/refused.ts';
import { type Command, limits } from '../../allowlist/wire.ts';
import { stateFile } from '../state-file.ts';

export interface TicketRequest extends Command {
  /** Of the undo: due only after a step failed. */
  undo?: true | undefined;
}

/** A request that is due. It is not yet taken: of two that were found due at once, only the first to spend runs. */
export interface Due {
  /** Takes the request, in the tick that hands its intent to the audit log. False, so refuse: another was first. */
  spend(): boolean;
  /** Its intent could not be written, so nothing ran: the request is unused again. */
  giveBack(): void;
  /** Not ok: it failed, the host's state forbade it, or it never began. From then on the undo is due. */
  ended(ok: boolean): void;
}

/** `nowMs` is a clock that never goes back (performance.now()). */
export interface Tickets {
  /** 32 lowercase hex digits, for 1 to 32 requests as confirmSchema parsed them. `fromMs`: when its code or, of `self`, the
   * password began to be checked. The latter's ticket does not end with the owner's enrolment. */
  issue(peerUid: number, requests: readonly TicketRequest[], fromMs: number, self?: string): string;
  /** Is this exact request the next unused one of that ticket? Spends nothing. */
  next(ticket: string, peerUid: number, request: Command, nowMs: number): Due | Refused;
  /** Reset and lock-out: what was opened is closed. */
  endAll(): void;
  /** The owner has acted on this user: what the user's own password opened is closed, and so is what one opens that was being checked. */
  endOwn(login: string, nowMs: number): void;
}

interface Ticket {
  uid: number;
  enrolment: string | null;
  /** Whose own password opened it; undefined where the owner's code did. */
  self: string | undefined;
  fromMs: number;
  steps: readonly Step[];
  used: Set<Step>;
  failed: boolean;
  /** All of it went well: no undo will ever be due. */
  over: boolean;
}

/** A request is known by its digest alone, since its stdin may be a secret. */
interface Step {
  digest: string;
  undo: boolean;
}

/** By the digest of a ticket: the undo that an agent which is started again still owes it, in order. */
const keptSchema = z.record(
  z.string(),
  z.strictObject({
    uid: z.int(),
    enrolment: z.string().nullable(),
    self: z.string().optional(),
    /** By the host's clock. */
    untilMs: z.int(),
    undo: z.array(z.string()),
  }),
);

/** One right code a step and ten minutes of life: of the owner's about 20 are alive. Own passwords open as many as they like. */
const keptAtMost = 64;

/** `enrolment` names the one there is now, or null: a ticket ends with the one it was issued under. `dateMs`: the host's clock. */
export function openTickets(
  enrolment: () => string | null,
  stateDir: string,
  openedMs = performance.now(),
  dateMs: () => number = Date.now,
): Tickets {
  const file = stateFile(stateDir, 'tickets.json', keptSchema, 'remove it, and confirm anew what is to be put back');
  const live = new Map<string, Ticket>();
  const ended = new Map<string, number>();
  const isPast = ({ fromMs }: Ticket, nowMs: number) => nowMs >= fromMs + limits.ticketMs;
  const holds = ({ self, fromMs, enrolment: under }: Ticket) =>
    self === undefined
      ? under !== null && under === enrolment()
      : fromMs > (ended.get(self) ?? Number.NEGATIVE_INFINITY);
  for (const [name, { uid, self, enrolment, untilMs, undo }] of Object.entries(file.read() ?? {})) {
    const leftMs = untilMs - dateMs();
    // More than a ticket ever has: the clock was set back.
    if (leftMs <= 0 || leftMs > limits.ticketMs) continue;
    const steps = undo.map(digest => ({ digest, undo: true }));
    const fromMs = openedMs + leftMs - limits.ticketMs;
    live.set(name, { uid, self, enrolment, fromMs, steps, used: new Set(), failed: true, over: false });
  }

  /** Of a restart: what has begun may be taken back, and nothing else goes on. */
  function keep(nowMs: number): void {
    const begun = [...live].filter(
      ([, ticket]) =>
        !ticket.over && (ticket.used.size > 0 || ticket.failed) && !isPast(ticket, nowMs) && holds(ticket),
    );
    const kept = begun.map(([name, { uid, self, enrolment, fromMs, steps, used }]) => {
      const undo = steps.filter(step => step.undo && !used.has(step)).map(({ digest }) => digest);
      const untilMs = Math.round(dateMs() + fromMs + limits.ticketMs - nowMs);
      return [name, { uid, enrolment, ...(self !== undefined && { self }), untilMs, undo }] as const;
    });
    file.write(Object.fromEntries(kept.filter(([, { undo }]) => undo.length > 0)));
  }

  /** Where less is owed than before: a file that cannot be written now is too generous, and is written with the next step. */
  function keepLess(nowMs: number): void {
    try {
      keep(nowMs);
    } catch (error) {
      console.error(`tickets: ${(error as Error).message}`);
    }
  }

  return {
    issue(uid, requests, fromMs, self) {
      for (const [name, ticket] of live) if (isPast(ticket, fromMs)) live.delete(name);
      // The oldest make room, and those of own passwords first: nobody pushes out what the owner opened.
      const own = [...live].filter(([, ticket]) => ticket.uid === uid);
      const [oldest] = own.find(([, ticket]) => ticket.self !== undefined) ?? own[0] ?? [];
      if (own.length >= keptAtMost && oldest !== undefined) live.delete(oldest);
      const name = randomBytes(16).toString('hex');
      const steps = requests.map(request => ({ digest: digestOf(request), undo: request.undo === true }));
      const state = { used: new Set<Step>(), failed: false, over: false };
      live.set(hash('sha256', name), { uid, self, enrolment: enrolment(), fromMs, steps, ...state });
      return name;
    },
    next(name, uid, request, nowMs) {
      const key = hash('sha256', name);
      const ticket = live.get(key);
      if (ticket?.uid !== uid || isPast(ticket, nowMs) || !holds(ticket))
        return refuse('This ticket was never given, has ended or belongs to another peer: confirm with a new code.');
      const due = dueOf(ticket);
      const digest = digestOf(request);
      const step = due.find(listed => listed.digest === digest);
      if (!step) return refuse(notDue(ticket, due));
      const hasUndo = ticket.steps.some(({ undo }) => undo);
      let mine = false;
      return {
        spend() {
          if (live.get(key) !== ticket || !dueOf(ticket).includes(step)) return false;
          ticket.used.add(step);
          mine = true;
          if (hasUndo) keep(nowMs);
          return true;
        },
        giveBack() {
          if (mine) ticket.used.delete(step);
          mine = false;
        },
        ended(ok) {
          ticket.failed ||= !ok;
          ticket.over = !ticket.failed && ticket.steps.every(listed => listed.undo || ticket.used.has(listed));
          if (hasUndo && ticket.over) keepLess(nowMs);
        },
      };
    },
    endAll() {
      live.clear();
      keepLess(0);
    },
    endOwn(login, nowMs) {
      ended.set(login, nowMs);
      if ([...live.values()].some(({ self }) => self === login)) keepLess(nowMs);
    },
  };
}

/** The next of the undo once a step failed, and the next step until the undo has begun. */
function dueOf({ steps, used, failed }: Ticket): Step[] {
  const unused = steps.filter(step => !used.has(step));
  const undo = failed ? unused.find(step => step.undo) : undefined;
  const undoing = steps.some(step => step.undo && used.has(step));
  const forward = undoing ? undefined : unused.find(step => !step.undo);
  return [undo, forward].filter(step => step !== undefined);
}

const digestOf = ({ cmd, args, stdin }: Command): string => hash('sha256', JSON.stringify([cmd, args, stdin]));

function notDue({ steps }: Ticket, due: readonly Step[]): string {
  if (due.length === 0) return 'Every request of this ticket that may still run has run: confirm with a new code.';
  const places = due.map(step => `request ${steps.indexOf(step) + 1}`).join(' or ');
  return `This is not the next request of its ticket: cmd, args and stdin must be those of ${places}, to the byte.`;
}

function refuse(message: string): Refused {
  return new Refused('needs-confirmation', message);
}
