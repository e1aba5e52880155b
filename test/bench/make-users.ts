// Makes users through the agent, as the dashboard would; `node make-users.ts SOCKET COUNT` on a test host.
import { Client } from './client.ts';

export async function makeUsers(socket: string, count: number): Promise<void> {
  const client = await Client.connect(socket);
  const status = await client.ask({ cmd: '@status', args: [] });
  if (status.event !== 'done') throw new Error('The agent does not tell its status');
  const first = Number((status.result as { nextUid: unknown } | undefined)?.nextUid);
  for (let n = 0; n < count; n++) {
    const who = ['-u', `${first + n}`, '-g', 'users', '-s', '/usr/sbin/nologin', '-c', `User Number ${n}`, `user-${n}`];
    const made = await client.ask({ cmd: 'useradd', args: ['-m', '-K', 'HOME_MODE=0700', ...who] });
    if (made.event !== 'done' || !made.ok) throw new Error(`The agent made no user: ${JSON.stringify(made)}`);
  }
  client.close();
}

const [socket, count] = process.argv.slice(2);
if (import.meta.main && socket) await makeUsers(socket, Number(count));
