// Puts a serving agent together, in the order that matters: settings, rules, audit log, host, and only then the socket.
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { matcherOf } from '../allowlist/match.ts';
import type { Agent } from './agent.ts';
import { Approvals } from './approvals.ts';
import { openAuditLog } from './audit/log.ts';
import type { Asking } from './checks/check.ts';
import { Facts } from './checks/facts.ts';
import { usedUids } from './checks/next-uid.ts';
import { withChildren } from './children.ts';
import { openConfirmation } from './confirmation/confirmation.ts';
import { watchEnrolment } from './confirmation/enrolment.ts';
import { openOwnPasswords } from './confirmation/own-password.ts';
import type { Gate } from './connection.ts';
import { DryRuns } from './dry-runs.ts';
import type { FilesDeps } from './files/deps.ts';
import { trashed } from './files/trash.ts';
import type { Host } from './host.ts';
import { openJournal } from './journal.ts';
import { answer, settle } from './pipeline.ts';
import { Registry } from './registry.ts';
import { readRules } from './rule-files.ts';
import { ask } from './run.ts';
import { listen } from './server.ts';
import type { Settings } from './settings.ts';
import { noteDecision, terminalGate } from './terminal.ts';
import { Turns } from './turns.ts';
import { Usage } from './usage.ts';

/** Serves until it is asked to end. Resolves with the exit code. */
export async function serve(settings: Settings, asked: Promise<unknown>): Promise<number> {
  const startedMs = performance.now();
  const rules = readRules(settings.ruleFolders, settings.mode);
  mkdirSync(settings.state, { recursive: true, mode: 0o700 });
  const { host, signalAll } = withChildren(await hostOf(settings));
  const running = new Set<Promise<unknown>>();
  const awaited = <T>(work: Promise<T>): Promise<T> => {
    running.add(work);
    return work.finally(() => running.delete(work));
  };
  const tell = openJournal(settings, host, awaited);
  const audit = openAuditLog({
    path: settings.audit,
    mode: settings.mode,
    gid: settings.gid,
    // For the journal, where a cut tail would show; the simulated host has none.
    ...(settings.mode === 'real' && { announce: (hash, n) => console.log(`audit log: entry ${n}, sha256 ${hash}`) }),
    burst: ({ uid, count }) => tell(`${count} requests of uid ${uid} were refused in a burst`, 'minor'),
  });
  const { files, asking } = partsOf(settings, host, true);
  await settle({ asking });
  const agent: Agent = {
    ...{ settings, startedMs, matcher: matcherOf(rules), asking, audit, files, tell },
    confirmation: openConfirmation({
      mode: settings.mode,
      stateDir: settings.state,
      onLockOut: what => lockedOut(agent, what),
    }),
    proveSelf: openOwnPasswords(settings.state, host, login => pausedOwn(agent, login)),
    approvals: new Approvals((approval, parked, why) => noteDecision(agent, approval, parked, why)),
    turns: new Turns(),
    dryRuns: new DryRuns(),
    usage: new Usage(settings.state),
    stopping: false,
  };
  if (settings.mode === 'real') watchEnrolment(settings.state, what => recordEnrolment(agent, what));
  const counted = (gate: Gate): Gate => ({
    ...gate,
    answer: (request, caller) => awaited(gate.answer(request, caller)),
  });
  const gate: Gate = {
    answer: (request, caller) => answer(agent, request, caller),
    recordBadLine: ({ problem, message }, peer, line) =>
      audit.refused({ peer, problem, message, ...(line && { line }) }) ?? null,
  };
  const listening = await listen(settings, counted(gate));
  const terminal = await listen(terminalOf(settings), counted(terminalGate(agent)), 0o600);
  console.log(`gatehouse-agent serves in ${settings.mode} mode on ${settings.socket}, ${rules.length} rules`);
  if (settings.mode === 'dummy') console.log('The host is simulated; the one-time code is always 000000.');
  await asked;
  agent.stopping = true;
  listening.stop();
  terminal.stop();
  agent.approvals.close();
  // What runs may end by itself, is then asked to, and is then killed: all within 10 s, and recorded.
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) if (!(await endWithin(graceMs, running))) signalAll(signal);
  await endWithin(lastMs, running);
  agent.usage.save();
  await audit.close();
  return 0;
}

const graceMs = 3500;
const lastMs = 1000;

function endWithin(ms: number, running: ReadonlySet<Promise<unknown>>): Promise<boolean> {
  const late = new Promise<false>(resolve => setTimeout(resolve, ms, false));
  return Promise.race([Promise.allSettled(running).then(() => true), late]);
}

/** The machine or the simulated one; the other's code is not even loaded. */
export async function hostOf(settings: Settings): Promise<Host> {
  if (settings.mode === 'dummy') {
    mkdirSync(settings.state, { recursive: true, mode: 0o700 });
    return (await import('./dummy/host.ts')).dummyHost(settings.state);
  }
  const { startChild } = await import('./spawn.ts');
  return { mode: 'real', root: '', start: startChild };
}

/** Where `gatehouse-agent approve` finds the agent: in its own folder, which nobody mounts. */
export function terminalOf({ mode, state }: Settings): Parameters<typeof listen>[0] {
  const own = mode === 'real' ? 0 : (process.geteuid?.() ?? 0);
  return { socket: join(state, 'terminal.sock'), gid: undefined, peerUids: new Set([own]) };
}

/** What decisions about this host need: also for `check`, which serves nobody and keeps nothing. */
export function partsOf(settings: Settings, host: Host, keeps: boolean): { files: FilesDeps; asking: Asking } {
  const files: FilesDeps = { host, stateDir: settings.state, now: () => new Date(), run: argv => ask(host, argv) };
  const facts = new Facts(host);
  const registry = new Registry(settings.state, keeps, () =>
    usedUids(host.root, {
      passwd: readFileSync(`${host.root}/etc/passwd`, 'utf8'),
      homes: readdirSync(`${host.root}/home`),
    }),
  );
  return {
    files,
    asking: { host, facts, registry, trashed: () => new Map(trashed(files).map(({ login, uid }) => [login, uid])) },
  };
}

function lockedOut(agent: Agent, what: 'paused' | 'locked'): void {
  agent.audit.note('lock-out', { what });
  agent.tell(
    what === 'locked'
      ? 'too many wrong codes: locked until gatehouse-agent confirm unlock'
      : 'five wrong codes in a row: confirmation pauses for 15 minutes',
  );
}

function pausedOwn(agent: Agent, user: string): void {
  agent.audit.note('lock-out', { what: 'paused', user });
  agent.tell(`five wrong passwords in a row for ${user}: confirmation by password pauses for 15 minutes`);
}

function recordEnrolment(agent: Agent, what: string): void {
  agent.audit.note('enrolment', { what });
  agent.tell(`confirmation by code was ${what} at the host's terminal`);
}
