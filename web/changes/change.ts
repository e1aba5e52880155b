// A change: the plan an act makes. Plain data from pure functions; preview, run and record all take this one value.
import type { Command, ConfirmLevel } from '../../allowlist/wire.ts';

/** One request of a change. */
export interface HostCommand extends Command {
  /** What it is for, in words. */
  says: string;
  /** What may be shown of its stdin, where that is secret. */
  given?: string;
  /** Exit codes that are success; [0] unless said. Another one says that there was nothing to do: `pkill` exits 1. */
  accept?: readonly number[];
  /** Lives on what an earlier step made: its checks may fail while it is only shown, and it is gone when that one is undone. */
  relies?: true;
  /** Of a write that takes back another: the lines that it takes out of the file, or puts back at its end, as the file is by then. */
  edit?: { out: string } | { back: string };
}

/** Puts back what step `of` did (counted from 0). */
export interface Undo extends HostCommand {
  of: number;
}

export interface Subject {
  kind: 'user' | 'group' | 'host';
  name: string;
}

/** What is true of a user or the host, as text: groups sorted with ', ' between, locked "yes" or "no", uid in digits, keys as their file holds them. Where it is not so any more, it was changed by another hand; drift.ts looks. */
export interface Fact {
  subject: Subject;
  what: 'uid' | 'fullName' | 'shell' | 'groups' | 'locked' | 'keys' | 'hostName';
  value: string;
}

export interface Change {
  title: string;
  steps: HostCommand[];
  /** Compensation, in the order in which it runs: when a step fails, those of the steps that were done. */
  undo: Undo[];
  /** The way back, later, when all of it was done. It holds no secret. */
  inverse?: HostCommand[];
  touches: Subject[];
  /** What it was planned for: shown on the preview where the host says otherwise. */
  expects?: Fact[];
  /** What is so afterwards: what its inverse will expect. */
  leaves?: Fact[];
}

/** How the rule of a step wants it to be asked, as it was when the change was run. */
export interface Way {
  level: ConfirmLevel;
  /** Whether it may be ended while it runs. */
  cancels: boolean;
}

/** What could have to be put back while this runs: nothing comes after the last step that could fail. */
export function compensation(change: Change): Undo[] {
  return change.undo.filter(undo => undo.of < change.steps.length - 1);
}

/** What goes over the wire, and into a ticket, of a command. */
export const plain = ({ cmd, args, stdin }: HostCommand): Command => ({
  cmd,
  args,
  ...(stdin !== undefined && { stdin }),
});
