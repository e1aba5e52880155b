import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createEnrolment, removeEnrolment, unlockEnrolment } from './enrol.ts';
import { readEnrolment, watchEnrolment } from './enrolment.ts';

it('tells of each enrol, unlock and reset that another process makes, once', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'gatehouse-watch-'));
  const told: string[] = [];
  watchEnrolment(stateDir, what => told.push(what));
  createEnrolment(stateDir, Buffer.alloc(20, 7), 1);
  await vi.waitFor(() => expect(told).toEqual(['enrolled']), 30_000);
  unlockEnrolment(stateDir);
  await vi.waitFor(() => expect(told).toEqual(['enrolled', 'unlocked']), 30_000);
  removeEnrolment(stateDir);
  await vi.waitFor(() => expect(told.slice(0, 3)).toEqual(['enrolled', 'unlocked', 'reset']), 30_000);
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(told).toHaveLength(3);
});

it('replaces no enrolment, also where two begin at once; after a reset there is room for another', () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'gatehouse-enrol-'));
  createEnrolment(stateDir, Buffer.alloc(20, 7), 1);
  expect(() => createEnrolment(stateDir, Buffer.alloc(20, 8), 1)).toThrow('set up already');
  expect(readEnrolment(stateDir)?.secret).toBe('07'.repeat(20));
  removeEnrolment(stateDir);
  createEnrolment(stateDir, Buffer.alloc(20, 8), 1);
  expect(readEnrolment(stateDir)?.secret).toBe('08'.repeat(20));
});
