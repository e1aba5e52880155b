// How long the matcher takes with the shipped rules, the host not asked.
import { readdirSync, readFileSync } from 'node:fs';
import { loadRules } from '../../allowlist/load.ts';
import { matcherOf } from '../../allowlist/match.ts';
import { Refused } from '../../allowlist/refused.ts';
import type { Command } from '../../allowlist/wire.ts';
import { median } from './measure.ts';

const lawful: Command[] = [
  {
    cmd: 'useradd',
    args: [...'-m -K HOME_MODE=0700 -u 1500 -g users -s /usr/sbin/nologin -c'.split(' '), "Zoë O'Hara", 'zoe-ohara'],
  },
  { cmd: 'usermod', args: ['-c', 'New Name', 'zoe-ohara'] },
  { cmd: 'chpasswd', args: ['-e'], stdin: `zoe-ohara:$6$saltsalt$${'x'.repeat(86)}\n` },
  { cmd: 'userdel', args: ['zoe-ohara'] },
];
const refused: Command[] = [
  { cmd: 'bash', args: ['-c', 'id'] },
  { cmd: 'usermod', args: ['-aG', 'sudo', 'zoe-ohara'] },
  { cmd: 'useradd', args: ['-o', '-u', '0', 'zoe-ohara'] },
];

/** The median of one decision in microseconds, over lawful and refused requests. */
export function decisionUs(): number {
  const folder = new URL('../../allowlist/rules/', import.meta.url);
  const files = readdirSync(folder).map(file => ({
    file,
    text: readFileSync(new URL(file, folder), 'utf8'),
    layer: 0,
  }));
  const matcher = matcherOf(loadRules(files));
  for (const [commands, expected] of [
    [lawful, false],
    [refused, true],
  ] as const)
    for (const command of commands)
      if (matcher.match(command) instanceof Refused !== expected)
        throw new Error(`${command.cmd} is decided otherwise`);
  const commands = [...lawful, ...refused];
  const times: number[] = [];
  for (let batch = 0; batch < 1000; batch++) {
    const began = performance.now();
    for (const command of commands) matcher.match(command);
    times.push(((performance.now() - began) * 1000) / commands.length);
  }
  return median(times);
}
