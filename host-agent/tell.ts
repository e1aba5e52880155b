// The verbs that only tell: answered at once, not recorded.
import { readFileSync } from 'node:fs';
import type { Match } from '../allowlist/match.ts';
import { tellingVerbs } from '../allowlist/programs.ts';
import { type Reply, type Request, wireVersion } from '../allowlist/wire.ts';
import type { Agent } from './agent.ts';
import { freeUid } from './checks/next-uid.ts';
import { generationsOf } from './file-verbs.ts';
import { hostNow } from './host-now.ts';
import { usersNow } from './users-now.ts';

const names = new Set(['@generations', ...tellingVerbs.map(pattern => pattern.split(' ', 1)[0])]);
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

export function tells({ cmd }: Match): boolean {
  return names.has(cmd);
}

export async function tell(agent: Agent, request: Request, match: Match): Promise<Reply> {
  const result = await resultOf(agent, request, match);
  return {
    id: request.id,
    event: 'done',
    ok: true,
    code: 0,
    signal: null,
    stdout: '',
    stderr: '',
    truncated: false,
    ms: 0,
    rule: match.rule.id,
    entry: null,
    result,
  };
}

async function resultOf(agent: Agent, { cmd, args }: Request, match: Match): Promise<object> {
  switch (cmd) {
    case '@status':
      return status(agent);
    case '@rules':
      return {
        rules: agent.matcher.rules.map(({ forms: _, write, stdin: __, ...rule }) => ({
          ...rule,
          kind: write ? 'write' : 'run',
          ...agent.usage.of(rule.id),
        })),
      };
    case '@host':
      return hostNow(agent.asking.host.root);
    case '@users':
      return usersNow(agent.asking, agent.files);
    case '@generations':
      return generationsOf(agent, match);
    default:
      return { entries: await agent.audit.entries(Number(args[1]), Number(args[3])) };
  }
}

async function status(agent: Agent) {
  return {
    version,
    wire: wireVersion,
    mode: agent.settings.mode,
    uptimeMs: Math.round(performance.now() - agent.startedMs),
    lastEntry: agent.audit.lastEntry,
    nextUid: await freeUid(agent.asking),
    confirmation: agent.confirmation.enrolled(),
    auditAvailable: agent.audit.available(),
  };
}
