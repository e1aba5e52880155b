// npm test and npm run test:host: installs what the tests need, runs every check, and ends with one line of counts.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMariaDb } from './mariadb.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
const [task = 'all', ...rest] = process.argv.slice(2);

if (task === 'format') process.exit(run('biome', ['check', '--write', '.']).status ?? 1);
if (task === 'host') hostSuite();
else {
  need('/usr/bin/chromium', 'chromium');
  need('/usr/sbin/mariadbd', 'mariadb-server');
  check('format and lint', 'biome', ['ci', '.']);
  check('types', 'tsc', ['-b']);
  check('nothing unused', 'knip', []);
  const database = await startMariaDb();
  vitest(database ? { GATEHOUSE_TEST_MARIADB: database.url } : {}, task === 'all' ? rest : [task, ...rest]);
  await database?.stop();
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);

/** The suite on a real host in a container; without root it is counted as skipped and says so. */
function hostSuite(): void {
  if (process.getuid?.() === 0) return vitest({ GATEHOUSE_TEST_SUITE: 'host' }, rest);
  console.log('The host suite needs root and Docker to start a test host; this is neither.');
  counts.skipped++;
}

/** A program that tests use. Installed from Debian where that is possible; otherwise its tests say that they are skipped. */
function need(program: string, debianPackage: string): void {
  if (existsSync(program)) return;
  if (process.getuid?.() !== 0)
    return console.log(`${program} is missing and only root can install it: its tests are skipped.`);
  console.log(`Installing ${debianPackage}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
  const { status, stderr } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], {
    encoding: 'utf8',
    env,
  });
  if (status !== 0) console.log(`${debianPackage} could not be installed: ${stderr.slice(-300)}`);
}

function check(what: string, program: string, args: string[]): void {
  const ok = run(program, args).status === 0;
  counts[ok ? 'passed' : 'failed']++;
  console.log(`${ok ? 'ok  ' : 'NOT '} ${what}`);
}

function vitest(env: Record<string, string>, args: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const report = join(folder, 'report.json');
  run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], env);
  const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined;
  rmSync(folder, { recursive: true });
  if (text === undefined) {
    counts.failed++;
    return console.log('NOT  the tests did not run to their end');
  }
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, success } = JSON.parse(text) as Record<
    string,
    number
  > & { success: boolean };
  counts.passed += numPassedTests ?? 0;
  counts.failed += (numFailedTests ?? 0) || (success ? 0 : Math.max(1, numFailedTestSuites ?? 0));
  counts.skipped += numPendingTests ?? 0;
}

function run(program: string, args: string[], env: Record<string, string> = {}): SpawnSyncReturns<Buffer> {
  return spawnSync(join('node_modules', '.bin', program), args, { stdio: 'inherit', env: { ...process.env, ...env } });
}
