// The features, in the order of the sidebar, and what they keep open.
import { meRoutes } from './accounts/me.ts';
import { accountsRoutes } from './accounts/routes.ts';
import { connectAgent } from './agent/agent.ts';
import type { HostDeps } from './agent/host-deps.ts';
import { createReader } from './agent/reader.ts';
import { openMirror } from './audit/mirror.ts';
import { auditRoutes } from './audit/routes.ts';
import { openVerifier } from './audit/verify.ts';
import { openJobs } from './changes/jobs.ts';
import { changesRoutes } from './changes/routes.ts';
import { factorsRoutes } from './factors/routes.ts';
import type { Deps, Feature } from './feature.ts';
import { hostRoutes } from './host/routes.ts';
import { keepHistory } from './overview/history.ts';
import { overviewRoutes } from './overview/routes.ts';
import { ownRoutes } from './own/routes.ts';
import { rulesRoutes } from './rules/routes.ts';
import { proveRoutes } from './signin/prove.ts';
import { groupsRoutes } from './users/groups-routes.ts';
import { usersRoutes } from './users/routes.ts';

export interface Features {
  list: readonly Feature[];
  /** Ends what the features keep running: connections to the agent, jobs, timers. */
  close(): Promise<void>;
}

const afterActMs = 1_000;

export function openFeatures(deps: Deps): Features {
  const agent = connectAgent(deps.settings.socket);
  const reader = createReader(agent, deps.now);
  const mirror = openMirror(deps.db, agent, deps.now, deps.log);
  const verifier = openVerifier(deps.db, agent, deps.now, deps.log);
  const acted = async () => {
    reader.forget();
    await mirror.catchUp(afterActMs);
  };
  const jobs = openJobs(deps, agent, acted);
  const host: HostDeps = { ...deps, agent, reader, acted, jobs };
  const history = keepHistory(host);
  return {
    list: [
      overviewRoutes(host, mirror),
      usersRoutes(host),
      groupsRoutes(host),
      ownRoutes(host),
      hostRoutes(host),
      auditRoutes(host, mirror, verifier),
      changesRoutes(host),
      rulesRoutes(host),
      accountsRoutes(host),
      meRoutes(deps),
      factorsRoutes(deps),
      proveRoutes(deps),
    ],
    async close() {
      await jobs.close();
      await history.close();
      await verifier.close();
      await mirror.close();
      agent.close();
    },
  };
}
