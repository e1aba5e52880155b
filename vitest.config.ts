import { defineConfig } from 'vitest/config';

const host = process.env.GATEHOUSE_TEST_SUITE === 'host';
delete process.env.GATEHOUSE_TEST_SUITE;

// Two suites: what runs anywhere, and what needs a whole test host (*.host.test.ts, one after the other).
export default defineConfig({
  test: {
    include: [host ? '**/*.host.test.ts' : '**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/.gatehouse/**', ...(host ? [] : ['**/*.host.test.ts'])],
    testTimeout: host ? 300_000 : 20_000,
    hookTimeout: host ? 900_000 : 60_000,
    fileParallelism: !host,
    maxWorkers: 2,
    pool: 'forks',
    globalSetup: host ? ['test/host/shared.setup.ts'] : [],
  },
});
