// For tests of jobs: a fake agent with an audit log that is true, and changes to run on it.
import { done, type FakeAgent, fakeAgent, refused, told } from '../agent/fake-agent.fixture.ts';
import type { Change, Way } from './change.ts';

type Request = FakeAgent['asked'][number];

export interface LoggingAgent {
  fake: FakeAgent;
  log: ({ n: number; kind: string } & Record<string, unknown>)[];
  /** What each command does, beside being recorded: nothing special unless told. */
  act(request: Request, reply: (fields: object) => void): object | undefined | Promise<object | undefined>;
  /** The commands that were done, in order. */
  did(): string[];
  note(kind: string, fields?: object): number;
}

export async function loggingAgent(): Promise<LoggingAgent> {
  const log: LoggingAgent['log'] = [];
  const agent: LoggingAgent = {
    fake: fakeAgent(),
    log,
    act: () => undefined,
    did: () =>
      log.flatMap(({ kind, of, code }) => (kind === 'outcome' && code === 0 ? [String(log[Number(of) - 1]?.cmd)] : [])),
    note(kind, fields = {}) {
      log.push({ n: log.length + 1, kind, ...fields });
      return log.length;
    },
  };
  agent.fake.answer = (request, reply) => {
    const { cmd, args, actor } = request;
    if ('cancel' in request) return undefined;
    if (cmd === '@status') return told(statusNow(log.length));
    if (cmd === '@audit') return told({ entries: log.slice(Number(args[1]), Number(args[1]) + 3) });
    if (cmd === '@rules') return told({ rules: [] });
    if (cmd === '@confirm') return told({ ticket: 't'.repeat(32) });
    void (async () => {
      const claimed = actor && { claimed: actor };
      const told: Record<string, unknown> = { ...(await agent.act(request, reply)) };
      if (told.event === 'refused') {
        const entry = agent.note('refused', { ...claimed, problem: told.problem });
        return reply({ ...told, entry });
      }
      const entry = agent.note('intent', { ...claimed, cmd, rule: `rule.${cmd}` });
      const { code = 0 } = told;
      agent.note('outcome', { of: entry, code, ms: 1 });
      reply(done({ ok: code === 0, code, entry, rule: `rule.${cmd}`, ...told }));
    })();
    return undefined;
  };
  await agent.fake.start();
  return agent;
}

const statusNow = (lastEntry: number) => ({
  ...{ version: '1', wire: 1, mode: 'dummy', uptimeMs: 1, lastEntry, nextUid: 1000, confirmation: true },
});

export { refused };

export const deletion: Change = {
  title: 'Delete user jo',
  steps: [
    { cmd: 'lock', args: ['jo'], says: 'Lock' },
    { cmd: 'pkill', args: ['jo'], says: 'End', accept: [0, 1] },
    { cmd: '@trash', args: ['jo'], says: 'Trash' },
    { cmd: 'userdel', args: ['jo'], stdin: 'a secret\n', given: '•••', says: 'Remove', relies: true },
  ],
  undo: [
    { of: 0, cmd: 'unlock', args: ['jo'], says: 'Unlock' },
    { of: 2, cmd: '@untrash', args: ['jo'], says: 'Untrash' },
    { of: 3, cmd: 'never', args: [], says: 'Never needed' },
  ],
  touches: [{ kind: 'user', name: 'jo' }],
};

export const plainWays = (change: Change, level: Way['level'] = 'none'): Way[] =>
  [...change.steps, ...change.undo].map(() => ({ level, cancels: false }));
