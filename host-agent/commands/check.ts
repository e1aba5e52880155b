// gatehouse-agent check -- CMD ARG…: says what would happen, and runs nothing. Lines for stdin may be piped in.
import { text } from 'node:stream/consumers';
import { isatty } from 'node:tty';
import type { Rule } from '../../allowlist/load.ts';
import { matcherOf } from '../../allowlist/match.ts';
import { Refused } from '../../allowlist/refused.ts';
import { planOf } from '../pipeline.ts';
import { readRules } from '../rule-files.ts';
import { hostOf, partsOf } from '../serve.ts';
import type { Settings } from '../settings.ts';

/** Exit code 0 where it would run now, 1 where it would be refused or wait for confirmation. */
export async function check(settings: Settings, args: string[]): Promise<number> {
  const [cmd, ...rest] = args[0] === '--' ? args.slice(1) : args;
  if (cmd === undefined) {
    console.error('usage: gatehouse-agent check -- useradd …');
    return 2;
  }
  const matcher = matcherOf(readRules(settings.ruleFolders, settings.mode));
  const request = { cmd, args: rest, stdin: await typedFor(cmd, matcher.rules) };
  const match = matcher.match(request);
  if (match instanceof Refused) {
    console.log(`refused, ${match.problem}: ${match.message}`);
    return 1;
  }
  const plan = await planOf(partsOf(settings, await hostOf(settings), false), request, match);
  console.log(`${plan.rule}: ${plan.display}`);
  if (plan.diff) console.log(plan.diff);
  if (plan.danger) console.log(`danger: ${plan.danger}`);
  for (const sentence of plan.unmet) console.log(`refused now: ${sentence}`);
  if (plan.confirm !== 'none') console.log(`waits for confirmation: ${plan.confirm}`);
  return plan.unmet.length > 0 || plan.confirm !== 'none' ? 1 : 0;
}

/** What was piped in, where a rule of this command takes it: nobody waits for a pipe that is only left open. */
async function typedFor(cmd: string, rules: readonly Rule[]): Promise<string | undefined> {
  const takes = rules.some(rule => rule.cmd === cmd && !rule.off && (rule.write || rule.stdin));
  if (!takes || isatty(0)) return undefined;
  return (await text(process.stdin)) || (cmd === '@write' ? '' : undefined);
}
