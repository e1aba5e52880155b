// For tests: an agent that tells a log, and its mirror in a database of its own.
import type { Knex } from 'knex';
import { type Agent, connectAgent } from '../agent/agent.ts';
import { type FakeAgent, fakeAgent } from '../agent/fake-agent.fixture.ts';
import { emptyDatabase } from '../database.fixture.ts';
import { openLog } from '../log.ts';
import { AgentLog } from './log.fixture.ts';
import { type Mirror, openMirror } from './mirror.ts';

export interface Mirrored {
  db: Knex;
  log: AgentLog;
  fake: FakeAgent;
  agent: Agent;
  mirror: Mirror;
  close(): Promise<void>;
}

export async function openMirrored(): Promise<Mirrored> {
  const db = await emptyDatabase();
  const log = new AgentLog();
  const fake = fakeAgent(request => log.answer(request));
  await fake.start();
  const agent = connectAgent(fake.path);
  const mirror = openMirror(db, agent, Date.now, openLog({ silent: true }));
  return {
    ...{ db, log, fake, agent, mirror },
    async close() {
      await mirror.close();
      agent.close();
      await fake.remove();
      await db.destroy();
    },
  };
}
