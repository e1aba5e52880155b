// A change: the plan an act makes. Plain data from pure functions; preview, run and record all take this one value.
import type { Command } from '../../allowlist/wire.ts';

/** One request of a change. */
export interface HostCommand extends Command {
  /** What it is for, in words. */
  says: string;
  /** What may be shown of its stdin. */
  given?: string;
  /** Exit codes that are success; [0] unless said. Another one says that there was nothing to do: `pkill` exits 1. */
  accept?: readonly number[];
  /** Lives on what an earlier step made: its checks may fail while it is only shown, and it is gone when that one is undone. */
  relies?: true;
}

/** Puts back what step `of` did (counted from 0). */
export interface Undo extends HostCommand {
  of: number;
}

export interface Subject {
  kind: 'user';
  name: string;
}

export interface Change {
  title: string;
  steps: HostCommand[];
  /** Compensation, in the order in which it runs: when a step fails, those of the steps that were done. */
  undo: Undo[];
  /** The way back, later, when all of it was done. It holds no secret. */
  inverse?: HostCommand[];
  touches: Subject[];
}

/** What could have to be put back while this runs: nothing comes after the last step that could fail. */
export function compensation(change: Change): Undo[] {
  return change.undo.filter(undo => undo.of < change.steps.length - 1);
}
