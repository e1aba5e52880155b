import { expect, it } from 'vitest';
import type { HostCommand } from '../changes/change.ts';
import { renameHost } from './host-name.ts';

const text = (steps: readonly HostCommand[] | undefined) => steps?.map(({ cmd, args }) => [cmd, ...args].join(' '));

it('changes the name, and goes back to the one there was', () => {
  const change = renameHost('attic', 'Cellar.example.org');
  expect(text(change.steps)).toEqual(['hostnamectl set-hostname --static Cellar.example.org']);
  expect(text(change.inverse)).toEqual(['hostnamectl set-hostname --static attic']);
  expect([change.expects?.[0]?.value, change.leaves?.[0]?.value]).toEqual(['attic', 'Cellar.example.org']);
});

it.each(['10', 'a_b', 'localhost', ''])('has no way back to the name "%s", which no rule takes', name => {
  expect(text(renameHost(name, 'attic').steps)).toEqual(['hostnamectl set-hostname --static attic']);
  expect(renameHost(name, 'attic').inverse).toBeUndefined();
});
