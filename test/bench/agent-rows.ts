// The rows of the table that the agent answers for.
import { setTimeout as pause } from 'node:timers/promises';
import { type Agent, startAgent } from './agent.ts';
import { Client } from './client.ts';
import { decisionUs } from './decision.ts';
import { runDirect, runManyDirect } from './direct.ts';
import { openGatekeepers } from './gatekeepers.ts';
import { loadedByServe } from './loaded.ts';
import { compare, median } from './measure.ts';
import type { Row } from './report.ts';

const program = '/usr/bin/true';
const lawful = { cmd: 'true', args: [] };
const forbidden = { cmd: 'bash', args: ['-c', 'id'] };
const clients = 16;

const times = (value: number) => `${value.toFixed(2)}×`;
const microseconds = (value: number) => `${Math.round(value)} µs`;
const megabytes = (value: number) => `${Math.round(value)} MB`;
const milliseconds = (value: number) => `${Math.round(value)} ms`;

export async function measureAgent(): Promise<{ rows: Row[]; remarks: string[] }> {
  const coldMs = await coldStart();
  const loaded = await loadedByServe([lawful, forbidden, { cmd: '@rules', args: [] }]);
  const agent = await startAgent();
  try {
    await pause(2000);
    const idleMb = agent.anonymousMb();
    const one = await oneClient(agent);
    const many = await manyClients(agent);
    const busyMb = agent.anonymousMb();
    const refusalUs = await refusal(agent);
    return {
      rows: [
        one.row,
        many.row,
        {
          what: 'decision inside the process; refusal there and back',
          figures: [
            { value: decisionUs(), atLeast: 60, aim: 20, show: microseconds },
            { value: refusalUs, atLeast: 300, aim: 120, show: microseconds },
          ],
        },
        {
          what: `anonymous memory idle; after ${many.requests} requests; cold start`,
          figures: [
            { value: idleMb, atLeast: 45, aim: 25, show: megabytes },
            { value: busyMb, atLeast: 64, aim: 40, show: megabytes },
            { value: coldMs, atLeast: 350, aim: 180, show: milliseconds },
          ],
        },
        {
          what: 'what `serve` loads in real mode, without slot types and rules',
          figures: [
            { value: loaded.lines, atLeast: 2500, aim: 1800, show: value => `${value} lines` },
            { value: loaded.packages.length, atLeast: 5, aim: 5, show: value => `${value} packages` },
          ],
        },
      ],
      remarks: [one.remark, many.remark, `Packages: ${loaded.packages.join(', ')}.`],
    };
  } finally {
    await agent.stop();
  }
}

async function coldStart(): Promise<number> {
  const starts: number[] = [];
  for (let start = 0; start < 7; start++) {
    const agent = await startAgent();
    starts.push(agent.startedInMs);
    await agent.stop();
  }
  return median(starts);
}

async function oneClient(agent: Agent): Promise<{ row: Row; remark: string }> {
  const client = await Client.connect(agent.socket);
  const gatekeepers = openGatekeepers(program);
  try {
    const { sudo, doas } = gatekeepers.ways;
    const took = await compare(
      {
        agent: () => runBy(client),
        direct: () => runDirect([program]),
        sudo: sudo && (() => runDirect(sudo)),
        doas: doas && (() => runDirect(doas)),
      },
      300,
    );
    return {
      row: {
        what: 'request → `true` run and durably recorded → reply, one client, against the program started directly; against the quicker of sudo and doas',
        figures: [
          { value: took.agent / took.direct, atLeast: 2.5, aim: 1.7, show: times },
          { value: took.agent / Math.min(took.sudo, took.doas), atLeast: 1, aim: 1, show: times },
        ],
      },
      remark: `One at a time: ${Object.entries(took)
        .map(([way, us]) => (Number.isNaN(us) ? `${way} is not installed` : `${way} ${microseconds(us)}`))
        .join(', ')}.`,
    };
  } finally {
    gatekeepers.restore();
    client.close();
  }
}

async function manyClients(agent: Agent): Promise<{ row: Row; remark: string; requests: number }> {
  const [rounds, runs] = [5, 2000];
  const connections = await Promise.all(Array.from({ length: clients }, () => Client.connect(agent.socket)));
  const took = await compare(
    {
      agent: async () => {
        let left = runs;
        await Promise.all(
          connections.map(async client => {
            while (left-- > 0) await runBy(client);
          }),
        );
      },
      direct: () => runManyDirect([program], runs, clients),
    },
    rounds,
    1,
  );
  for (const client of connections) client.close();
  const perSecond = (us: number) => `${Math.round((runs / us) * 1_000_000)}/s`;
  return {
    row: {
      what: `the same, ${clients} clients, throughput against direct`,
      figures: [{ value: took.direct / took.agent, atLeast: 0.5, aim: 0.7, more: true, show: times }],
    },
    remark: `${clients} at once: direct ${perSecond(took.direct)}, agent ${perSecond(took.agent)}.`,
    requests: rounds * runs,
  };
}

/** In bursts so small that each refusal has an entry of its own. */
async function refusal(agent: Agent): Promise<number> {
  const client = await Client.connect(agent.socket);
  const times: number[] = [];
  for (let burst = 0; burst < 8; burst++) {
    await pause(1200);
    for (let request = 0; request < 9; request++) {
      const began = performance.now();
      const reply = await client.ask(forbidden);
      times.push((performance.now() - began) * 1000);
      if (reply.event !== 'refused' || reply.entry === null)
        throw new Error(`The agent does not refuse and record: ${JSON.stringify(reply)}`);
    }
  }
  client.close();
  return median(times);
}

async function runBy(client: Client): Promise<void> {
  const reply = await client.ask(lawful);
  if (reply.event !== 'done' || !reply.ok) throw new Error(`The agent does not run it: ${JSON.stringify(reply)}`);
}
