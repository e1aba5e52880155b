// How many may connect at once, and who has to leave.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Agent, startAgent } from './agent.ts';
import type { Client } from './client.ts';

let agent: Agent;
beforeEach(async () => {
  agent = await startAgent();
});
afterEach(() => agent.remove());

async function connectAll(count: number): Promise<Client[]> {
  const clients: Client[] = [];
  for (let i = 0; i < count; i++) clients.push(await agent.connect());
  return clients;
}

it('closes the connection that is idle longest when a 65th comes, and no other', async () => {
  const clients = await connectAll(64);
  expect(await clients[0]?.ask('@status')).toMatchObject({ event: 'done' });
  const newest = await agent.connect();
  expect(await newest.ask('@status')).toMatchObject({ event: 'done' });
  await clients[1]?.until(() => undefined);
  expect(clients.filter(({ closed }) => closed)).toEqual([clients[1]]);
});

it('tells a 65th to come again where all wait for answers', async () => {
  await agent.add('ann');
  agent.behave({ programs: { usermod: { hang: true } } });
  const clients = await connectAll(64);
  const asked = clients.map(client => client.ask('usermod', ['-c', 'X', 'ann']));
  await new Promise(resolve => setTimeout(resolve, 500));
  const late = await agent.connect();
  await late.until(() => undefined);
  expect(late.replies).toMatchObject([{ id: null, event: 'refused', problem: 'busy' }]);
  expect(agent.entries().at(-1)).toMatchObject({ kind: 'refused', problem: 'busy' });
  expect(clients.some(({ closed }) => closed)).toBe(false);
  for (const client of clients) client.close();
  await Promise.all(asked);
});
