// An installed host: shared by the files of a run that leave it as they found it, and the dashboard on it made new where one asks.
import { inject } from 'vitest';
import { type Authenticator, enrol } from './enrol.ts';
import type { TestHost } from './host.ts';
import { install } from './install.ts';
import { dockerArgv, dockerRun, must } from './run.ts';
import { type Difference, describe, diff, type Snapshot } from './snapshot.ts';
import { findHost, startHost } from './start.ts';

/** The one of this run, started and installed by whoever asks first. The agent runs; nobody is enrolled for sure. */
export async function sharedHost(): Promise<TestHost> {
  const { name, owner } = inject('sharedHost');
  if ((await dockerRun(['container', 'inspect', name])).code === 0) return findHost(name);
  const host = await startHost(name, owner);
  await install(host);
  return host;
}

/** The owner with a new phone: whoever was enrolled before is not any more. */
export async function enrolAnew(host: TestHost): Promise<Authenticator> {
  const reset = await host.exec(['gatehouse-agent', 'confirm', 'reset'], { tty: true, input: 'reset\n' });
  if (reset.code !== 0) throw new Error(`confirm reset ended with ${reset.code}: ${reset.stdout}`);
  return enrol(host);
}

const compose = 'docker-compose -f /opt/gatehouse/docker-compose.prod.yml';

/** A dashboard without any data yet, and the link that sets it up. */
export async function newDashboard(host: TestHost): Promise<string> {
  await host.must(['sh', '-c', `${compose} down -v && ${compose} up -d`], { timeoutMs: 120_000 });
  return setupLink(host);
}

/** The clocks of the dashboard and of the agent, so far ahead of the machine's, which nobody here may move. Both are started anew. */
export async function setClocks(host: TestHost, { aheadMs }: { aheadMs: number }): Promise<void> {
  const shifted = `const at=Date.now;globalThis.Date=class extends Date{constructor(...a){a.length?super(...a):super(at()+${aheadMs})}static now(){return at()+${aheadMs}}}`;
  const options = aheadMs > 0 ? `--import=data:text/javascript,${encodeURIComponent(shifted)}` : '';
  await host.writeFile('/etc/gatehouse/agent.env', options && `NODE_OPTIONS=${options}\n`);
  const override = { services: { web: { environment: { NODE_OPTIONS: options } } } };
  await host.writeFile('/opt/gatehouse/clock.json', JSON.stringify(override));
  await host.restartUnit('gatehouse-agent');
  await host.must(['sh', '-c', `cd /opt/gatehouse && ${compose} -f /opt/gatehouse/clock.json up -d web`], {
    timeoutMs: 120_000,
  });
  await host.must(['rm', '/opt/gatehouse/clock.json', '/etc/gatehouse/agent.env']);
}

/** What a started dashboard that has no administrator prints. */
export async function setupLink(host: TestHost): Promise<string> {
  for (let tries = 0; tries < 120; tries++) {
    const logs = await host.must(['sh', '-c', `${compose} logs --no-color web`]);
    const link = /http:\S+setup\S+/.exec(logs)?.[0];
    if (link) return link;
    await new Promise(resolve => setTimeout(resolve, 250));
  }
  throw new Error('the dashboard printed no link');
}

export const origin = 'http://127.0.0.1:8080';
export const web = 'gatehouse_web_1';

/** Process id, on this machine, of the host's first process: a browser is put into its network. */
export async function networkOf(host: TestHost): Promise<number> {
  return Number(await must(dockerArgv('inspect', '-f', '{{.State.Pid}}', host.name)));
}

/** What an attack or a failure left on the host, in words: not what the agent remembers, nor what Samba does for Docker's networks. */
export function leftBehind(before: Snapshot, after: Snapshot): string {
  const own = ({ section, key }: Difference) =>
    section === 'gatehouse' || /^sockets udp 172\./.test(`${section} ${key}`);
  return describe(diff(before, after).filter(difference => !own(difference)));
}
