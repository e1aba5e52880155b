// The write-ahead promise, seen by the kernel: no child before its intent is on disk. Needs root and strace; skipped without.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Agent } from './agent.ts';

const rules = '- id: test.true\n  run: "true"\n  why: do nothing at all\n';
const hasStrace = process.getuid?.() === 0 && spawnSync('strace', ['-V']).status === 0;

describe.skipIf(!hasStrace)('strace shows the intent on disk before its child is made', () => {
  it.each([1, 16])('for %i at once', async count => {
    const trace = join(mkdtempSync(join(tmpdir(), 'gatehouse-strace-')), 'trace');
    const agent = await new Agent({ mode: 'real', rules }).start();
    const calls = 'trace=write,pwrite64,fdatasync,fsync,clone,clone3,vfork,fork';
    const args = ['-f', '-y', '-s', '400', '-e', calls, '-e', 'signal=none', '-o', trace, '-p', String(agent.pid)];
    const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    await once(strace.stderr, 'data');
    const clients = await Promise.all(Array.from({ length: count }, () => agent.connect()));
    for (let round = 0; round < 5; round++) {
      const replies = await Promise.all(clients.map(client => client.ask('true')));
      expect(replies.every(({ ok }) => ok === true)).toBe(true);
    }
    for (const client of clients) client.close();
    strace.kill('SIGINT');
    await once(strace, 'exit');
    const told = eventsOf(readFileSync(trace, 'utf8'), agent.audit);
    expect(told.faults).toEqual([]);
    expect(told).toMatchObject({ children: count * 5, intents: count * 5 });
    rmSync(trace);
    await agent.remove();
  });
});

/** Walks the trace in its order: each child needs an intent of its own that was written before a sync that has returned. */
function eventsOf(trace: string, audit: string): { intents: number; children: number; faults: string[] } {
  const faults: string[] = [];
  let [written, durable, children, intents] = [0, 0, 0, 0];
  const begun = new Map<string, number>();
  for (const line of trace.split('\n')) {
    const [, pid = '', call = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (call.startsWith('write(') && call.includes(audit) && call.includes('intent')) {
      intents++;
      written++;
    }
    const isSync = /f(?:data)?sync/.test(call) && (call.includes(audit) || call.includes('resumed'));
    if (isSync && !call.startsWith('<...')) begun.set(pid, written);
    if (isSync && / = 0/.test(call)) durable = Math.max(durable, begun.get(pid) ?? 0);
    // Threads are made with CLONE_THREAD; posix_spawn's children with CLONE_VFORK.
    if (/^(?:clone3?|vfork|fork)\(/.test(call) && !call.includes('CLONE_THREAD')) {
      children++;
      if (children > durable) faults.push(`child ${children} after ${durable} durable intents: ${line.slice(0, 160)}`);
    }
  }
  return { intents, children, faults };
}
