// For tests of pages: a fake agent that knows some users, plans what it is asked for dry, and does the rest.
import { done, type FakeAgent, fakeAgent, told } from '../agent/fake-agent.fixture.ts';
import type { HostUsers, User } from '../agent/results.ts';
import { openFeatures } from '../features.ts';
import { openDashboard, type TestDashboard, type Visitor } from '../visitor.fixture.ts';
import { user } from './user.fixture.ts';

export interface TestHost {
  fake: FakeAgent;
  people: HostUsers;
  keys: string;
  status: Record<string, unknown>;
  dashboard: TestDashboard;
  person: Visitor;
  /** Goes where an answer leads. */
  follow(answer: { headers: Record<string, string> }): ReturnType<Visitor['get']>;
  /** What was asked for real, beside what only tells. */
  acts(): string[];
  close(): Promise<void>;
}

const facts = {
  hostname: 'home-nas',
  uptimeMs: 3 * 86_400_000,
  cores: 4,
  load: [0.42, 0.4, 0.38],
  memory: { totalBytes: 8e9, availableBytes: 5e9 },
  disks: [{ path: '/', totalBytes: 100e9, freeBytes: 62e9 }],
  temperatures: [],
};

export async function openTestHost(users: User[] = [user('jo')], now?: () => number): Promise<TestHost> {
  const people = {
    users,
    accounts: [{ login: 'debian', uid: 1000, fullName: 'Debian', why: 'it is in the group sudo', mayTakeOver: false }],
    groups: [],
    trash: [],
    nextUid: 1007,
  };
  const status = {
    version: '1',
    wire: 1,
    mode: 'dummy',
    uptimeMs: 60_000,
    lastEntry: 0,
    nextUid: 1007,
    confirmation: true,
  };
  const host = { people, keys: '', status } as unknown as TestHost;
  host.fake = fakeAgent(({ cmd, args, dryRun }) => {
    if (cmd === '@users') return told(host.people);
    if (cmd === '@status') return told(host.status);
    if (cmd === '@host') return told(facts);
    if (cmd === '@rules') return told({ rules: [] });
    if (cmd === '@audit') return told({ entries: [] });
    if (cmd === '@generations') return told({ file: args[0], generations: [], content: host.keys });
    if (dryRun) return plan(cmd, args);
    return cmd === '@confirm' ? told({ ticket: 't'.repeat(32) }) : done();
  });
  await host.fake.start();
  let close = async () => {};
  host.dashboard = await openDashboard({
    env: { GATEHOUSE_SOCKET: host.fake.path },
    ...(now && { now }),
    features: deps => {
      const features = openFeatures(deps);
      close = features.close;
      return [...features.list];
    },
  });
  host.person = await host.dashboard.signedIn();
  host.follow = answer => host.person.get(String(answer.headers.location));
  host.acts = () =>
    host.fake.asked
      .filter(
        ({ cmd, dryRun }) =>
          !dryRun && !['@users', '@status', '@host', '@rules', '@audit', '@generations'].includes(cmd),
      )
      .map(({ cmd, args }) => [cmd, ...args].join(' '));
  host.close = async () => {
    await close();
    await host.fake.remove();
    await host.dashboard.deps.db.destroy();
  };
  return host;
}

export const plan = (cmd: string, args: readonly string[], fields: object = {}) => ({
  event: 'plan',
  rule: `rule.${cmd}`,
  argv: [cmd.startsWith('@') ? cmd : `/usr/sbin/${cmd}`, ...args],
  display: [cmd, ...args].join(' '),
  confirm: cmd === 'useradd' || (cmd === 'usermod' && args[0] === '-c') ? 'none' : 'code',
  danger: null,
  unmet: [],
  ...fields,
});
