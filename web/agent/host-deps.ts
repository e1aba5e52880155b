// What a feature that reaches the host is given, beside what every feature is given.
import type { Jobs } from '../changes/jobs.ts';
import type { Deps } from '../feature.ts';
import type { Agent } from './agent.ts';
import type { Reader } from './reader.ts';

export interface HostDeps extends Deps {
  agent: Agent;
  reader: Reader;
  /** After an act: what was read is asked again, and the audit log is looked at. Resolves soon, come what may. */
  acted: () => Promise<void>;
  jobs: Jobs;
}
