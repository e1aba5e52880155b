// Requests that wait for a person at the host's own terminal (`confirm: host`). In memory: a restart lets them lapse.
import { isDeepStrictEqual } from 'node:util';
import type { Match } from '../allowlist/match.ts';
import { limits, type Request } from '../allowlist/wire.ts';
import type { Peer } from './native.ts';

export interface Parked {
  request: Request;
  match: Match;
  /** Who asked; not who approves. */
  peer: Peer;
  at: Date;
}

export class Approvals {
  readonly #parked = new Map<number, Parked & { timer: NodeJS.Timeout }>();
  readonly #lapsed: (approval: number, parked: Parked, why: string) => void;

  constructor(lapsed: (approval: number, parked: Parked, why: string) => void) {
    this.#lapsed = lapsed;
  }

  get isFull(): boolean {
    return this.#parked.size >= limits.approvals;
  }

  /** Its number is that of its entry in the audit log, so that none comes twice. */
  park(approval: number, parked: Parked): void {
    const timer = setTimeout(() => this.#lapse(approval, 'Nobody approved it within 30 minutes.'), limits.approvalMs);
    this.#parked.set(approval, { ...parked, timer: timer.unref() });
  }

  /** The number under which this peer's same request waits already. */
  numberOf({ cmd, args, stdin }: Request, { uid }: Peer): number | undefined {
    const wanted = [cmd, args, stdin, uid];
    for (const [approval, { request, peer }] of this.#parked)
      if (isDeepStrictEqual([request.cmd, request.args, request.stdin, peer.uid], wanted)) return approval;
    return undefined;
  }

  list(): [approval: number, parked: Parked][] {
    return [...this.#parked];
  }

  /** Whoever takes it decides: it waits no more. */
  take(approval: number): Parked | undefined {
    const parked = this.#parked.get(approval);
    clearTimeout(parked?.timer);
    this.#parked.delete(approval);
    return parked;
  }

  close(): void {
    for (const approval of [...this.#parked.keys()]) this.#lapse(approval, 'The agent was stopped.');
  }

  #lapse(approval: number, why: string): void {
    const parked = this.take(approval);
    if (parked) this.#lapsed(approval, parked, why);
  }
}
