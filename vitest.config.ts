import { defineConfig } from 'vitest/config';

const host = process.env.GATEHOUSE_TEST_SUITE === 'host';
delete process.env.GATEHOUSE_TEST_SUITE;

const mariadb = process.env.GATEHOUSE_TEST_MARIADB;
const exclude = ['**/node_modules/**', '**/.gatehouse/**', ...(host ? [] : ['**/*.host.test.ts'])];

// Two suites: what runs anywhere, and what needs a whole test host (*.host.test.ts, one after the other).
export default defineConfig({
  test: {
    exclude,
    testTimeout: host ? 300_000 : 60_000,
    hookTimeout: host ? 900_000 : 120_000,
    // What is waited for comes when it comes, also on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    fileParallelism: !host,
    maxWorkers: 2,
    pool: 'forks',
    // Where there is a MariaDB, the web's whole suite runs on it once more.
    projects: [
      { extends: true, test: { name: host ? 'host' : 'here', include: [host ? '**/*.host.test.ts' : '**/*.test.ts'] } },
      ...(mariadb && !host
        ? [
            {
              extends: true as const,
              test: { name: 'MariaDB', include: ['web/**/*.test.ts'], env: { GATEHOUSE_TEST_ON_MARIADB: mariadb } },
            },
          ]
        : []),
    ],
    setupFiles: host ? [] : ['web/accounts/password.fixture.ts'],
    globalSetup: [host ? 'test/host/shared.setup.ts' : 'test/temporary.setup.ts'],
  },
});
