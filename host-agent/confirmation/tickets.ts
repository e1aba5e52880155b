// What a right code opens: a list of exact requests, for one peer uid, for ten minutes, in memory only.
import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Refused } from '../../allowlist/refused.ts';
import { type Command, limits } from '../../allowlist/wire.ts';

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
  /** It ended not ok, the host's state forbade it, or it never began: from now on the undo is due. */
  failed(): void;
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
  requests: readonly TicketRequest[];
  used: Set<TicketRequest>;
  failed: boolean;
}

/** One right code a step and ten minutes of life: of the owner's about 20 are alive. Own passwords open as many as they like. */
const keptAtMost = 64;

/** `enrolment` names the one there is now, or null: a ticket ends with the one it was issued under. */
export function openTickets(enrolment: () => string | null): Tickets {
  const live = new Map<string, Ticket>();
  const ended = new Map<string, number>();
  const isPast = ({ fromMs }: Ticket, nowMs: number) => nowMs >= fromMs + limits.ticketMs;
  const holds = ({ self, fromMs, enrolment: under }: Ticket) =>
    self === undefined ? under !== null && under === enrolment() : fromMs > (ended.get(self) ?? -1);
  return {
    issue(uid, requests, fromMs, self) {
      for (const [name, ticket] of live) if (isPast(ticket, fromMs)) live.delete(name);
      // The oldest make room, and those of own passwords first: nobody pushes out what the owner opened.
      const names = [...live.keys()];
      if (names.length >= keptAtMost) live.delete(names.find(name => live.get(name)?.self !== undefined) ?? names[0]!);
      const name = randomBytes(16).toString('hex');
      live.set(name, {
        ...{ uid, self, enrolment: enrolment(), fromMs, used: new Set(), failed: false },
        // A copy of each, since one that is listed twice is used twice.
        requests: requests.map(request => structuredClone(request)),
      });
      return name;
    },
    next(name, uid, request, nowMs) {
      const ticket = live.get(name);
      if (ticket?.uid !== uid || isPast(ticket, nowMs) || !holds(ticket))
        return refuse('This ticket was never given, has ended or belongs to another peer: confirm with a new code.');
      const due = dueOf(ticket);
      const step = due.find(listed => isDeepStrictEqual(exactly(listed), exactly(request)));
      if (!step) return refuse(notDue(ticket, due));
      let mine = false;
      return {
        spend() {
          if (live.get(name) !== ticket || !dueOf(ticket).includes(step)) return false;
          ticket.used.add(step);
          mine = true;
          return true;
        },
        giveBack() {
          if (mine) ticket.used.delete(step);
          mine = false;
        },
        failed() {
          ticket.failed = true;
        },
      };
    },
    endAll: () => live.clear(),
    endOwn: (login, nowMs) => ended.set(login, nowMs),
  };
}

/** The next of the undo once a step failed, and the next step until the undo has begun. */
function dueOf({ requests, used, failed }: Ticket): TicketRequest[] {
  const unused = requests.filter(request => !used.has(request));
  const undo = failed ? unused.find(request => request.undo) : undefined;
  const undoing = requests.some(request => request.undo && used.has(request));
  const forward = undoing ? undefined : unused.find(request => !request.undo);
  return [undo, forward].filter(request => request !== undefined);
}

function exactly({ cmd, args, stdin }: Command): unknown {
  return [cmd, args, stdin];
}

function notDue({ requests }: Ticket, due: readonly TicketRequest[]): string {
  if (due.length === 0) return 'Every request of this ticket that may still run has run: confirm with a new code.';
  const places = due.map(request => `request ${requests.indexOf(request) + 1}`).join(' or ');
  return `This is not the next request of its ticket: cmd, args and stdin must be those of ${places}, to the byte.`;
}

function refuse(message: string): Refused {
  return new Refused('needs-confirmation', message);
}
