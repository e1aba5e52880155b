// Replays the examples of docs/protocol.md against a real agent in dummy mode, in their order.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Agent, startAgent } from '../agent/agent.ts';
import type { Client, Reply } from '../agent/client.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/protocol.md'), 'utf8');
const blocks = (kind: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${kind}\n(.*?)^\`\`\``, 'gms'))].flatMap(([, text = '']) =>
    text.trim().split('\n'),
  );
const exchanges = blocks('wire').reduce<[request: string, reply: string][]>((all, line) => {
  if (line.startsWith('→ ')) all.push([line.slice(2), '']);
  else all.at(-1)![1] = line.slice(2);
  return all;
}, []);

/** What differs from run to run stays out of the comparison. */
const differing = new Set(['ms', 'uptimeMs', 'at', 'pid', 'uid', 'gid', 'prev', 'sha256', 'ticket']);
const steady = (text: string): unknown =>
  JSON.parse(text, (key, value) => (differing.has(key) && typeof value !== 'object' ? '…' : value));

describe('docs/protocol.md', () => {
  let agent: Agent;
  let client: Client;
  let ticket = '';
  beforeAll(async () => {
    agent = await startAgent();
    client = await agent.connect();
  });
  afterAll(() => agent?.remove());

  it.each(exchanges)('%s is answered as it says', async (request, reply) => {
    const asked = ticket === '' ? request : request.replace(/("ticket":")[0-9a-f]{32}/, `$1${ticket}`);
    const before = client.replies.length;
    client.socket.write(`${asked}\n`);
    const answer = (await client.until(() => client.replies[before])) as Reply;
    ticket = (answer.result as { ticket?: string } | undefined)?.ticket ?? ticket;
    expect(steady(JSON.stringify(answer))).toEqual(steady(reply));
  });

  it.each(blocks('log'))('the audit log has %s', line => {
    const { n } = JSON.parse(line) as { n: number };
    const entry = agent.entries().find(found => found.n === n);
    expect(steady(JSON.stringify(entry))).toEqual(steady(line));
    expect(Object.keys(entry ?? {})).toEqual(Object.keys(JSON.parse(line) as object));
  });
});
