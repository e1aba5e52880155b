// The features, in the order of the sidebar, and what they keep open.
import type { Deps, Feature } from './feature.ts';

export interface Features {
  list: readonly Feature[];
  /** Ends what the features keep running: connections to the agent, jobs, timers. */
  close(): Promise<void>;
}

export function openFeatures(_deps: Deps): Features {
  return { list: [], close: async () => {} };
}
