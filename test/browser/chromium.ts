// The system's Chromium for tests, also inside the network of a test host. It calls nobody at home.
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const program = '/usr/bin/chromium';
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Why there is no browser on this machine; undefined where there is one. */
export const whyNoBrowser = existsSync(program) ? undefined : `${program} is not installed`;

/** Starts Chromium; with `pid`, in the network of that process, as root. */
export function openBrowser(pid?: number): Promise<Browser> {
  return chromium.launch({ executablePath: pid === undefined ? program : within(pid), args: quiet });
}

function within(pid: number): string {
  const path = join(mkdtempSync(join(tmpdir(), 'gatehouse-browser-')), 'chromium');
  writeFileSync(path, `#!/bin/sh\nexec nsenter --net=/proc/${pid}/ns/net ${program} "$@"\n`, { mode: 0o755 });
  return path;
}
