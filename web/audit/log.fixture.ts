// For tests: the agent's log as lines, each chained to the one before, and what the agent tells of it.
import { createHash } from 'node:crypto';
import type { Request } from '../../allowlist/wire.ts';
import { told } from '../agent/fake-agent.fixture.ts';
import { asWritten } from './entry.ts';

export const rules = [
  { id: 'users.rename', run: 'usermod -c <full-name> <user>' },
  { id: 'users.lock', run: 'usermod -c <full-name> <user>' },
  { id: 'users.password', run: 'chpasswd -e' },
  { id: 'keys.write', write: '/etc/gatehouse/keys/<user>' },
  { id: 'new.language', run: 'thing <of-tomorrow>' },
];

export class AgentLog {
  lines: string[] = [];

  add(fields: object): void {
    const before = this.lines.at(-1);
    const prev = before === undefined ? '0'.repeat(64) : createHash('sha256').update(before).digest('hex');
    const n = this.lines.length + 1;
    this.lines.push(asWritten(JSON.stringify({ n, at: new Date(n * 1_000).toISOString(), ...fields, prev })));
  }

  command(login: string, rule = 'users.rename', account = 'alex'): void {
    this.add({
      kind: 'intent',
      peer: { pid: 8, uid: 990 },
      claimed: { account, ip: '192.0.2.7', change: `c_${login}` },
      rule,
      argv: ['/usr/sbin/usermod', '-c', 'X', login],
    });
    this.add({ kind: 'outcome', of: this.lines.length, code: 0, signal: null, ms: 3, stdoutBytes: 0, stderrBytes: 0 });
  }

  answer({ cmd, args }: Pick<Request, 'cmd' | 'args'>): object {
    if (cmd === '@rules') return told({ rules });
    const entries = this.lines.map(line => JSON.parse(line)).filter(({ n }) => n > Number(args[1]));
    return told({ entries: entries.slice(0, Number(args[3])) });
  }
}
