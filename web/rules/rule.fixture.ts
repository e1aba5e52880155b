// For tests: a rule as the agent tells it.
import type { Rule } from './rule.ts';

export const rule = (id: string, fields: Partial<Rule> = {}): Rule => ({
  id,
  why: 'change the name that is shown',
  run: 'usermod -c <full-name> <user>',
  confirm: 'none',
  danger: null,
  undo: null,
  cmd: 'usermod',
  file: '/opt/gatehouse/allowlist/rules/users.yaml',
  line: 7,
  by: 'shipped',
  off: false,
  reads: false,
  mode: '',
  owner: '',
  secret: false,
  uses: 0,
  lastUsed: null,
  ...fields,
});
