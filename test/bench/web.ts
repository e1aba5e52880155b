// The rows of the table that the web answers for: a list page of 1,000 users, and the way from sign-in to the first list.
import { readFileSync } from 'node:fs';
import { get, Agent as HttpAgent } from 'node:http';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { openBrowser, whyNoBrowser } from '../browser/chromium.ts';
import { type Dashboard, startDashboard } from '../browser/dashboard.ts';
import { owner } from '../browser/walk.ts';
import { makeUsers } from './make-users.ts';
import { median } from './measure.ts';
import type { Row } from './report.ts';
import { type FirstList, signInTo } from './sign-in.ts';

const users = 1_000;
const pages = 600;
const signIns = 7;

const milliseconds = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;
const kilobytes = (value: number) => `${(value / 1000).toFixed(1)} kB`;

export async function measureWeb(): Promise<{ rows: Row[]; remarks: string[] }> {
  const dashboard = await startDashboard();
  const browser = whyNoBrowser === undefined ? await openBrowser() : undefined;
  try {
    await makeUsers(join(dashboard.folder, 'run/agent.sock'), users);
    const [idleMb, rssMb] = [residentMb(dashboard, 'Pss'), residentMb(dashboard, 'Rss')];
    const list = await listPages(dashboard.origin, await setUp(dashboard));
    const first = browser && (await firstLists(dashboard.origin, browser));
    return {
      rows: [
        {
          what: `web: a list page of ${users} users, server time p50; p99`,
          figures: [
            { value: quantile(list, 0.5), atLeast: 25, aim: 8, show: milliseconds },
            { value: quantile(list, 0.99), atLeast: 80, aim: 25, show: milliseconds },
          ],
        },
        {
          what: 'web and agent, resident together, idle',
          figures: [{ value: idleMb, atLeast: 220, aim: 150, show: value => `${Math.round(value)} MB` }],
        },
        {
          what: 'web: sign-in to the first list shown, in Chromium',
          figures: [
            { value: first?.ms ?? Number.NaN, atLeast: 700, aim: 350, show: milliseconds },
            { value: first?.bytes ?? Number.NaN, atLeast: 90_000, aim: 50_000, show: kilobytes },
          ],
        },
      ],
      remarks: [
        `Resident: ${Math.round(idleMb)} MB with what both share counted once, ${Math.round(rssMb)} MB counted twice; the agent with the simulated host.`,
        `Sign-in to the first list: ${first ? `${first.requests} requests, the password hashed on the way` : whyNoBrowser}.`,
      ],
    };
  } finally {
    await browser?.close();
    await dashboard.stop();
  }
}

/** Sets the dashboard up as a browser would, and gives the cookies of its owner. */
async function setUp({ origin, setupLink }: Dashboard): Promise<string> {
  const jar = new Map<string, string>();
  const keep = (response: Response) => {
    for (const cookie of response.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return response;
  };
  const cookies = () => [...jar].map(pair => pair.join('=')).join('; ');
  const page = await keep(await fetch(setupLink)).text();
  const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1] ?? '';
  const form = { ...owner, repeat: owner.password, token: hidden('token'), _csrf: hidden('_csrf') };
  const headers = { Origin: origin, Cookie: cookies() };
  const done = await fetch(`${origin}/setup`, {
    ...{ method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(form) },
  });
  if (keep(done).status !== 303) throw new Error(`The dashboard was not set up: ${done.status}`);
  return cookies();
}

/** One after the other over a kept connection; every page, sort and search in turn. */
async function listPages(origin: string, cookie: string): Promise<number[]> {
  const agent = new HttpAgent({ keepAlive: true });
  const queries = ['', 'page=7', 'sort=name', 'sort=uid&dir=desc&page=20', 'q=number+77', 'state=no-password&page=3'];
  const times: number[] = [];
  for (let n = -50; n < pages; n++) {
    const began = performance.now();
    const html = await text(`${origin}/users?${queries[(n + 60) % queries.length]}`, { agent, headers: { cookie } });
    if (n >= 0) times.push(performance.now() - began);
    if (!html.includes('User Number')) throw new Error('That was no list of users');
  }
  agent.destroy();
  return times;
}

function text(url: string, options: object): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, options, response => {
      let body = '';
      response.setEncoding('utf8').on('data', chunk => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    }).on('error', reject);
  });
}

async function firstLists(origin: string, browser: Browser): Promise<FirstList> {
  const measured: FirstList[] = [];
  for (let n = 0; n < signIns; n++)
    measured.push(
      await signInTo(browser, {
        page: `${origin}/sign-in?next=/users`,
        fields: { '[name=login]': owner.login, '[name=password]': owner.password },
        button: 'main button[type=submit]',
        shown: page => page.waitForSelector('#users tbody tr'),
      }),
    );
  return { ...(measured.at(-1) as FirstList), ms: median(measured.map(({ ms }) => ms)) };
}

/** Of the dashboard as it stands with its users made and nobody signed in; what both share counts once (Pss). */
function residentMb({ agent, web }: Dashboard, measure: 'Pss' | 'Rss'): number {
  const kilobytes = [agent, web].map(
    ({ pid }) => new RegExp(`^${measure}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1],
  );
  return kilobytes.reduce((sum, kb) => sum + Number(kb) / 1000, 0);
}

function quantile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}
