// What the agent says to a command that is only asked about: a dry run, which runs nothing and leaves no entry.
import type { Agent } from '../agent/agent.ts';
import type { Answer } from '../agent/reply.ts';
import { said } from '../agent/said.ts';
import { dangerOf } from './told.ts';

export type Verdict =
  | { kind: 'allowed'; plan: Extract<Answer, { event: 'plan' }> }
  | { kind: 'refused'; problem: string; message: string }
  | { kind: 'away'; why: string };

export async function tryCommand(agent: Agent, words: readonly string[], typed: string): Promise<Verdict> {
  const [cmd = '', ...args] = words;
  const stdin = stdinOf(cmd, typed);
  const answer = await agent.ask({ cmd, args, ...(stdin !== undefined && { stdin }) }, { dryRun: true });
  if (answer.event === 'plan')
    return {
      kind: 'allowed',
      plan: { ...answer, danger: dangerOf(answer.rule, answer.danger), unmet: answer.unmet.map(said) },
    };
  if (answer.event === 'refused') return { kind: 'refused', problem: answer.problem, message: said(answer.message) };
  return { kind: 'away', why: answer.event === 'away' ? said(answer.why) : answer.event };
}

/** Whole lines, as rules want them. A file may be empty; a command without text gets no stdin. */
function stdinOf(cmd: string, typed: string): string | undefined {
  const text = typed.replaceAll('\r\n', '\n');
  if (text === '') return cmd === '@write' ? '' : undefined;
  return text.endsWith('\n') ? text : `${text}\n`;
}
