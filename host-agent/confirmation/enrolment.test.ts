import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createEnrolment, removeEnrolment, unlockEnrolment } from './enrol.ts';
import { watchEnrolment } from './enrolment.ts';

it('tells of each enrol, unlock and reset that another process makes, once', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'gatehouse-watch-'));
  const told: string[] = [];
  watchEnrolment(stateDir, what => told.push(what));
  createEnrolment(stateDir, Buffer.alloc(20, 7), 1);
  await vi.waitFor(() => expect(told).toEqual(['enrolled']));
  unlockEnrolment(stateDir);
  await vi.waitFor(() => expect(told).toEqual(['enrolled', 'unlocked']));
  removeEnrolment(stateDir);
  await vi.waitFor(() => expect(told.slice(0, 3)).toEqual(['enrolled', 'unlocked', 'reset']));
  await new Promise(resolve => setTimeout(resolve, 50));
  expect(told).toHaveLength(3);
});
