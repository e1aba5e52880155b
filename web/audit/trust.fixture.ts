// For tests of the trust pages alone: a dashboard with the audit log and the rules, an agent that tells them, and a reader.

import { connectAgent } from '../agent/agent.ts';
import { type FakeAgent, fakeAgent, told } from '../agent/fake-agent.fixture.ts';
import { createReader } from '../agent/reader.ts';
import { rulesRoutes } from '../rules/routes.ts';
import { openDashboard, type TestDashboard, type Visitor } from '../visitor.fixture.ts';
import { AgentLog } from './log.fixture.ts';
import { openMirror } from './mirror.ts';
import { auditRoutes } from './routes.ts';
import { openVerifier } from './verify.ts';

export interface TrustHost {
  log: AgentLog;
  fake: FakeAgent;
  dashboard: TestDashboard;
  person: Visitor;
  close(): Promise<void>;
}

export async function openTrust(env: Record<string, string> = {}): Promise<TrustHost> {
  const log = new AgentLog();
  const fake = fakeAgent(request => (request.cmd === '@status' ? told({}) : log.answer(request)));
  await fake.start();
  const closing: (() => unknown)[] = [];
  const dashboard = await openDashboard({
    env,
    features: deps => {
      const agent = connectAgent(fake.path);
      const mirror = openMirror(deps.db, agent, deps.now, deps.log);
      const verifier = openVerifier(deps.db, agent, deps.now, deps.log);
      const host = { ...deps, agent, reader: createReader(agent, deps.now) };
      closing.push(verifier.close, mirror.close, agent.close);
      // No page is made before the newest entry is there, also on a busy machine.
      const patient = { ...mirror, catchUp: () => mirror.catchUp(60_000) };
      return [auditRoutes(host, patient, verifier), rulesRoutes(host)];
    },
  });
  return {
    ...{ log, fake, dashboard, person: await dashboard.signedIn() },
    async close() {
      for (const end of closing) await end();
      await fake.remove();
      await dashboard.deps.db.destroy();
    },
  };
}
