// @rules: each rule as data, with every field it has in its file.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { examples } from '../docs/rules-page.ts';
import { type Agent, startAgent } from './agent.ts';

let agent: Agent;
let rules: Record<string, unknown>[];
beforeAll(async () => {
  // In the place of shipped ones that allow the same.
  const off = ['users.password', 'users.list', 'users.groups'].map(id => `- id: ${id}\n  off: true\n`).join('');
  const plain = '- id: example.plain\n  write: /etc/x\n  lines: [""]\n  why: no more\n';
  agent = await startAgent({ rules: off + examples + plain });
  const { result } = await agent.ask('@rules');
  ({ rules } = result as { rules: typeof rules });
});
afterAll(() => agent?.remove());
const told = (id: string) => rules.find(rule => rule.id === id) ?? {};

it('tells a rule that runs a program with each of its fields', () => {
  expect(told('example.run')).toMatchObject({
    run: 'chpasswd -e',
    stdin: ['<user>:<password-hash>'],
    why: 'an example of a rule that runs a program',
    danger: 'Whoever knows the new password can sign in.',
    ...{ confirm: 'code', undo: 'example.run', lock: 'accounts', cmd: 'chpasswd', program: '/usr/sbin/chpasswd' },
    ...{ deadline: 60_000, output: 2 ** 21, reads: false, cancels: true, env: { TZ: 'UTC' } },
    ...{ line: 7, by: 'owner', off: false, uses: 0, lastUsed: null },
  });
  expect(told('users.rename')).not.toHaveProperty('stdin');
});

it('tells a rule that writes a file with each of its fields', () => {
  expect(told('example.write')).toMatchObject({
    write: '/etc/gatehouse/example/<user>',
    lines: ['<ssh-public-key>', '<comment>'],
    ...{ mode: '0640', owner: 'root:root', secret: true, confirm: 'none' },
    ...{ check: ['/usr/bin/getent', 'passwd', '<staged>'], then: ['/usr/bin/getent', 'group'] },
  });
  const plain = told('example.plain');
  expect(plain).toMatchObject({ write: '/etc/x', lines: [''], mode: '0644', owner: 'root:root', secret: false });
  expect([plain.check, plain.then]).toEqual([undefined, undefined]);
});

it('tells what each does by one of the two', () => {
  for (const rule of rules)
    expect(
      ['run', 'write'].filter(field => field in rule),
      String(rule.id),
    ).toHaveLength(1);
});
