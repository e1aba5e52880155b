// npm test and npm run test:host: installs what the tests need, runs every check, and ends with one line of counts.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { startMariaDb } from './mariadb.ts';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** What is used of vitest's report, which has the shape of Jest's. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numFailedTestSuites: number;
  success: boolean;
  testResults: { name: string; status: string; message: string; assertionResults: Assertion[] }[];
}

interface Assertion {
  fullName: string;
  status: string;
  failureMessages: string[];
}

const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed, a line each, said again before the counts: .ci/run says these lines once more at its own end. */
const failures: string[] = [];
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
for (const failure of failures) console.log(`NOT  ${failure.replace(/\s+/g, ' ').slice(0, 600)}`);
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
  if (!ok) failures.push(what);
}

function vitest(env: Record<string, string>, args: string[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  const report = join(folder, 'report.json');
  run('vitest', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args], env);
  const text = existsSync(report) ? readFileSync(report, 'utf8') : undefined;
  rmSync(folder, { recursive: true });
  if (text === undefined) {
    counts.failed++;
    failures.push('the tests did not run to their end');
    return;
  }
  const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, success, testResults } = JSON.parse(
    text,
  ) as Report;
  counts.passed += numPassedTests;
  counts.failed += numFailedTests || (success ? 0 : Math.max(1, numFailedTestSuites));
  counts.skipped += numPendingTests;
  for (const { name, status, message, assertionResults } of testResults) {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    const file = relative('.', name);
    for (const { fullName, failureMessages } of failed) failures.push(`${file}: ${fullName}: ${failureMessages[0]}`);
    if (status === 'failed' && failed.length === 0) failures.push(`${file}: ${message}`);
  }
}

function run(program: string, args: string[], env: Record<string, string> = {}): SpawnSyncReturns<Buffer> {
  return spawnSync(join('node_modules', '.bin', program), args, { stdio: 'inherit', env: { ...process.env, ...env } });
}
