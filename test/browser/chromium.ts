// The browser of web's tests, also inside the network of a test host.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser as open, program } from '../../web/chromium.fixture.ts';

export { whyNoBrowser } from '../../web/chromium.fixture.ts';

/** Starts Chromium; with `pid`, in the network of that process, as root. */
export function openBrowser(pid?: number): Promise<Browser> {
  return open(pid === undefined ? program : within(pid));
}

function within(pid: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'gatehouse-browser-')), 'chromium');
  writeFileSync(path, `#!/bin/sh\nexec nsenter --net=/proc/${pid}/ns/net ${program} "$@"\n`, { mode: 0o755 });
  return path;
}
