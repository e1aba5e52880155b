// The features, in the order of the sidebar, and what they keep open.
import { setTimeout } from 'node:timers/promises';
import { meRoutes } from './accounts/me.ts';
import { accountsRoutes } from './accounts/routes.ts';
import { connectAgent } from './agent/agent.ts';
import type { HostDeps } from './agent/host-deps.ts';
import { createReader } from './agent/reader.ts';
import { openMirror } from './audit/mirror.ts';
import { auditRoutes } from './audit/routes.ts';
import { changesRoutes } from './changes/routes.ts';
import type { Deps, Feature } from './feature.ts';
import { keepHistory } from './overview/history.ts';
import { overviewRoutes } from './overview/routes.ts';
import { usersRoutes } from './users/routes.ts';

export interface Features {
  list: readonly Feature[];
  /** Ends what the features keep running: connections to the agent, jobs, timers. */
  close(): Promise<void>;
}

const afterActMs = 1_000;
/** How long the end of the dashboard waits for a change that is running; later ones are marked as interrupted. */
const lastStepMs = 6_000;

export function openFeatures(deps: Deps): Features {
  const agent = connectAgent(deps.settings.socket);
  const reader = createReader(agent, deps.now);
  const mirror = openMirror(deps.db, agent, deps.now, deps.log);
  const history = keepHistory(reader);
  const acted = async () => {
    reader.forget();
    await mirror.catchUp(afterActMs);
  };
  const runs = new Set<Promise<unknown>>();
  const host: HostDeps = { ...deps, agent, reader, acted, runs };
  return {
    list: [
      overviewRoutes(host, mirror, history),
      usersRoutes(host),
      auditRoutes(host, mirror),
      changesRoutes(host),
      accountsRoutes(host),
      meRoutes(deps),
    ],
    async close() {
      await Promise.race([Promise.allSettled(runs), setTimeout(lastStepMs, undefined, { ref: false })]);
      history.close();
      await mirror.close();
      agent.close();
    },
  };
}
