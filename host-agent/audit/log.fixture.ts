// For tests: logs in a folder of their own, closed and removed after each test.
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, vi } from 'vitest';
import { installedFiles } from './files.ts';
import { type AuditLog, type AuditOptions, openAuditLog } from './log.ts';

export const peer = { pid: 812, uid: 990, gid: 990 };
export const ended = { code: 0, signal: null, ms: 31, stdoutBytes: 0, stderrBytes: 0 };
export const rename = { peer, rule: 'users.rename', argv: ['/usr/sbin/usermod', '-c', 'New Name', 'ann'] };
export const denied = {
  peer,
  problem: 'not-allowed',
  cmd: 'bash',
  args: ['-c', 'id'],
  message: 'No rule begins with bash.',
} as const;

export const place = { folder: '', path: '' };
const logs = new Set<AuditLog>();

beforeEach(() => {
  place.folder = fs.mkdtempSync(join(tmpdir(), 'gatehouse-audit-'));
  place.path = join(place.folder, 'log', 'audit.jsonl');
});
afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  for (const log of logs) await log.close().catch(() => undefined);
  logs.clear();
  fs.rmSync(place.folder, { recursive: true });
});

export function open(more: Partial<AuditOptions> = {}): AuditLog {
  const log = openAuditLog({ path: place.path, mode: 'dummy', reserveBytes: 0, ...more });
  logs.add(log);
  return log;
}

export async function fill(log: AuditLog, count: number): Promise<void> {
  for (let i = 0; i < count; i++) log.outcome(await log.intent(rename), ended);
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into entries of every kind
export type AnyEntry = Record<string, any>;
export const entriesIn = (files: string[]): AnyEntry[] =>
  files.flatMap(file => fs.readFileSync(file, 'utf8').split('\n').slice(0, -1)).map(line => JSON.parse(line));
export const written = (): AnyEntry[] => entriesIn(installedFiles(place.path));
export const kinds = (): string[] => written().map(entry => entry.kind);
