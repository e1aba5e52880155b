// For tests: a dashboard with the pages of accounts and a host that has users jo and kim.
import type { HostDeps } from '../agent/host-deps.ts';
import type { HostUsers } from '../agent/results.ts';
import type { Feature } from '../feature.ts';
import { user } from '../users/user.fixture.ts';
import { openDashboard, type TestDashboard, type Visitor } from '../visitor.fixture.ts';
import { meRoutes } from './me.ts';
import { hashPassword } from './password.ts';
import { accountsRoutes } from './routes.ts';
import { type Account, insertAccount } from './store.ts';

export interface TestHouse {
  dashboard: TestDashboard;
  /** The administrator alex. */
  admin: Visitor;
  /** What the host says of its users; undefined: nothing. */
  host: { users: HostUsers['users'] | undefined };
  now: { ms: number };
  make(account: Partial<Account> & { login: string }): Promise<Account>;
  signIn(login: string, password?: string): Promise<Visitor>;
}

export const password = 'a few plain words';
const passwordHash = hashPassword(password);

export async function openHouse(more: Feature[] = []): Promise<TestHouse> {
  const host: TestHouse['host'] = { users: [user('jo'), user('kim')] };
  const reader = {
    read: async () => ({ value: host.users && { users: host.users, accounts: [], trash: [], nextUid: 1 } }),
  } as unknown as HostDeps['reader'];
  const now = { ms: 1_800_000_000_000 };
  const dashboard = await openDashboard({
    now: () => now.ms,
    features: deps => [accountsRoutes({ ...deps, reader } as HostDeps), meRoutes(deps), ...more],
  });
  const admin = await dashboard.signedIn();
  await admin.get('/me');
  return {
    dashboard,
    admin,
    host,
    now,
    async make(given) {
      const account: Account = {
        id: `id-${given.login}`,
        name: given.login,
        role: 'reviewer',
        language: null,
        user: null,
        ...given,
      };
      await insertAccount(dashboard.deps.db, { ...account, password_hash: await passwordHash, created_at: now.ms });
      return account;
    },
    async signIn(login, chosen = password) {
      const person = dashboard.visitor();
      await person.get('/sign-in');
      await person.post('/sign-in', { login, password: chosen });
      await person.get('/me');
      return person;
    },
  };
}
