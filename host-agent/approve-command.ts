// gatehouse-agent approve [N [--refuse]]: what waits for a person at this terminal, shown, then run or refused.
import { connect } from 'node:net';
import { visible } from '../allowlist/match.ts';
import type { Plan, Reply } from '../allowlist/wire.ts';
import { say, typed, whyNotAtTerminal } from './at-terminal.ts';
import { terminalOf } from './serve.ts';
import type { Settings } from './settings.ts';

interface Waiting extends Plan {
  approval: number;
  at: string;
  why: string;
  claimed: { account?: string; ip?: string } | null;
}

/** Gives the exit status: 0 done, 1 refused, failed or not decided, 2 called wrongly. */
export async function approveCommand(args: readonly string[], settings: Settings): Promise<number> {
  const [number, refuse, more] = args;
  if (
    more !== undefined ||
    (number !== undefined && !/^[1-9][0-9]{0,15}$/.test(number)) ||
    (refuse ?? '--refuse') !== '--refuse'
  )
    return say('usage: gatehouse-agent approve [N [--refuse]]', 2);
  const why = settings.mode === 'real' ? whyNotAtTerminal() : undefined;
  if (why) return say(why, 1);
  const { socket } = terminalOf(settings);
  const listed = await ask(socket, '@approvals');
  if (listed === undefined) return say('The agent does not answer: is gatehouse-agent serve running?', 1);
  if (listed.event !== 'done') return ended(listed, '');
  const { approvals } = listed.result as { approvals: Waiting[] };
  if (number === undefined) return list(approvals);
  const waiting = approvals.find(({ approval }) => approval === Number(number));
  if (!waiting) return say(`Nothing waits under ${number}: it was decided, has lapsed or was never asked.`, 1);
  show(waiting);
  if (refuse) return ended(await ask(socket, '@refuse', number), 'Refused. Nothing was run.');
  if (waiting.unmet.length > 0) return say('It cannot run now. It goes on waiting.', 1);
  if ((await typed('Type yes to run this as root: ')) !== 'yes') return say('Nothing was run. It goes on waiting.', 1);
  return ended(await ask(socket, '@approve', number), 'Done.');
}

function list(approvals: readonly Waiting[]): number {
  for (const { approval, at, display, why } of approvals)
    say(`${approval}  ${when(at)}  ${why}\n    ${visible(display)}`);
  return say(approvals.length > 0 ? 'To decide one: gatehouse-agent approve N' : 'Nothing waits for approval.');
}

function show({ at, argv, display, why, claimed, danger, diff, unmet, rule }: Waiting): void {
  say(`${why} (${rule})`);
  say(
    `asked ${when(at)}; the dashboard says by ${visible(claimed?.account ?? '?')} from ${visible(claimed?.ip ?? '?')}`,
  );
  say(`runs as root: ${argv.map(arg => visible(JSON.stringify(arg))).join(' ')}`);
  if (display.includes('←')) say(`with: ${visible(display)}`);
  for (const line of diff?.split('\n') ?? []) say(`  ${visible(line)}`);
  if (danger) say(`danger: ${visible(danger)}`);
  for (const sentence of unmet) say(`refused now: ${visible(sentence)}`);
}

function ended(reply: Reply | undefined, well: string): number {
  if (reply?.event === 'refused') return say(visible(reply.message), 1);
  if (reply?.event !== 'done')
    return say('The agent went away; what it did is in the audit log: gatehouse-agent audit', 1);
  for (const text of [reply.stdout, reply.stderr])
    for (const line of text.split('\n').filter(Boolean)) say(visible(line));
  const { did, next } = (reply.result ?? {}) as { did?: string[]; next?: string };
  for (const line of [...(did ?? []), ...(next ? [next] : [])]) say(visible(line));
  return reply.ok ? say(well) : say(`It ended with ${reply.code ?? reply.signal}.`, 1);
}

const when = (at: string) => new Date(at).toLocaleString('sv-SE');

/** One request over the second socket; undefined where no agent answers. */
function ask(socket: string, cmd: string, ...args: string[]): Promise<Reply | undefined> {
  return new Promise(resolve => {
    let text = '';
    const connection = connect(socket, () => connection.write(`${JSON.stringify({ id: '1', cmd, args })}\n`));
    connection.setEncoding('utf8').on('data', chunk => {
      text += chunk;
      if (!text.endsWith('\n')) return;
      resolve(JSON.parse(text) as Reply);
      connection.destroy();
    });
    connection.on('error', () => {}).on('close', () => resolve(undefined));
  });
}
