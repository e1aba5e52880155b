// Renders docs/rules.md from the language and the rules as they are loaded. `node test/docs/rules-page.ts` writes the page.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadRules, type Rule } from '../../allowlist/load.ts';
import { textOf } from '../../allowlist/match-arg.ts';
import type { Arg } from '../../allowlist/pattern.ts';
import { askPrograms, programs, verbs } from '../../allowlist/programs.ts';
import { type SlotType, slotTypes } from '../../allowlist/types.ts';

const root = resolve(import.meta.dirname, '../..');
export const pagePath = join(root, 'docs/rules.md');

/** The language, piece by piece: what is written, what it means, and a pattern that has it. */
export const grammar: readonly (readonly [piece: string, meaning: string, pattern: string])[] = [
  ['`word`', 'a literal: this argument, to the byte', 'getent passwd'],
  ['`<type>`', 'a slot: one value of a type (below)', 'usermod -c <full-name> <user>'],
  [
    '`(a|b)`',
    'a choice: one of these texts, with no slot or `[ ] " * ?` in them; none may be empty or given twice, nor, with more glued to the choice, the beginning of another',
    'getent (passwd|group)',
  ],
  [
    '`[-x <type>]`',
    'an optional group: all of it or nothing; groups do not nest',
    'usermod [-e 1] -c <full-name> <user>',
  ],
  ['`<type>...4`', 'a last slot that repeats, one to so many times; at most 16', 'passwd -S <login>...4'],
  ['`"two words"`', 'one argument that holds blanks; `""` is the empty argument', 'usermod -e "" <user>'],
  [
    'glued',
    'pieces without a blank between them are one argument; what follows a slot must begin with a character that the slot can never hold',
    'pkill --uid=<user> --signal=(TERM|KILL)',
  ],
];

/** Two rules that have every field between them, for the page. Neither is shipped. */
export const examples = `- id: example.run
  run: chpasswd -e
  stdin: <user>:<password-hash>
  why: an example of a rule that runs a program
  confirm: code
  danger: Whoever knows the new password can sign in.
  undo: example.run
  lock: accounts
  deadline: 60s
  output: 2MiB
  cancels: true
  env: { TZ: UTC }
- id: example.read
  run: getent (passwd|group)
  why: an example of a rule that changes nothing
  reads: true
- id: example.write
  write: /etc/gatehouse/example/<user>
  lines: ["<ssh-public-key>", "<comment>"]
  mode: "0640"
  owner: root:root
  secret: true
  check: getent passwd <staged>
  then: getent group
  why: an example of a rule that writes a file
`;

/** Every field of a rule. */
export const fields: readonly (readonly [name: string, meaning: string])[] = [
  ['id', 'its name, such as `users.create`; a request never gives it, the audit log does'],
  ['run', 'the pattern of a whole command line; or'],
  ['write', 'the path of a file that is wholly ours; a slot in it is of a type that holds no `/`'],
  ['why', 'for people: what it allows. Required'],
  [
    'confirm',
    '`code`: asks for the owner’s one-time code. `self`: for the password that the user it names, by `<user>` or `<samba-user>`, has now. `host`: waits for a person at the host’s terminal. Without it: none',
  ],
  ['danger', 'for people: what may come of it, shown before'],
  ['undo', 'the id of the rule that takes it back'],
  [
    'lock',
    'rules with the same word run one after the other; without it `host`, for a file `files`. Rules with `reads` take no lock',
  ],
  [
    'stdin',
    'the pattern of the line on stdin, or a list of patterns, one a line. Without it the command gets no stdin',
  ],
  ['reads', '`true`: changes nothing; not locked, ended when its connection is gone; never with `confirm`'],
  ['cancels', '`true`: changes the host, and yet is ended when its connection is gone'],
  ['deadline', 'when it is ended, such as `90s` or `5m`; without it 30 s'],
  ['output', 'how much of each output stream is kept, such as `4MiB`; without it 1 MiB'],
  ['env', 'literal variables for the program, beside `PATH`, `LANG=C.UTF-8` and `HOME`'],
  ['lines', 'for `write`: patterns; each line of the content matches one of them'],
  ['mode', 'for `write`: octal, not executable, writable by its owner alone; without it `"0644"`'],
  ['owner', 'for `write`: `user:group`; without it `root:root`'],
  ['secret', 'for `write`, `true`: neither content nor difference is ever shown. Without it, a line holds no secret'],
  [
    'check',
    'for `write`: a literal command run on the staged copy, `<staged>`; an exit code or a word on stderr stops',
  ],
  ['then', 'for `write`: a literal command run once the file is in place; where it fails, the old content is put back'],
];

export function rulesPage(): string {
  const folder = join(root, 'allowlist/rules');
  const files = readdirSync(folder)
    .filter(name => name.endsWith('.yaml'))
    .sort();
  const rules = loadRules(
    files.map(name => ({ file: name, text: readFileSync(join(folder, name), 'utf8'), layer: 0 })),
  );
  const parts = [intro, language(), types(), table(), 'The rules', ...files.map(file => rulesOf(file, rules))];
  return `${parts.map(part => (part === 'The rules' ? `## ${part}` : part)).join('\n\n')}\n`;
}

const intro = `# Rules

<!-- Made from the rules by test/docs/rules-page.ts; a test compares the two. -->

What a request may make the agent do stands in \`allowlist/rules/*.yaml\`. A request is compared with the rules argument by argument: whole arguments, to the byte, in their
exact number. Nothing is split, trimmed, folded or guessed. What no rule matches is refused; so is what two would match. Then the values are checked against the host as it is at
that moment. \`npm run rules\` prints the rules that are loaded; \`gatehouse-agent check -- useradd …\` says what would happen and runs nothing.

The owner of a host may add rules, and switch shipped ones off or change how they are confirmed, in \`/etc/gatehouse/rules.d/*.yaml\`, as root; these files and the folders above them must be root's and not
writable by others. An entry with the id of a shipped rule holds nothing but \`off: true\` (in a
still later folder \`off: false\`: on again) or \`confirm: none|code|self|host\`. A rule of the owner's may take the place of one that is switched off.`;

function language(): string {
  const rows = grammar.map(([piece, meaning, pattern]) => [piece, meaning, code(pattern)]);
  return [
    '## The language',
    'A pattern reads like the SYNOPSIS of a manual page. Its first word is a program of the table below or a verb of the agent.',
    tableOf(['written', 'means', 'example'], rows),
    `Optional groups, choices of groups and repetitions are written out when the rules are loaded; a pattern may stand for at most 64 forms. Refused at load, with file, line and reason: an unknown field, type
or program; a rule without \`why\`; free text where an option could stand; a secret on the command line, or in a file that is not marked \`secret\`;
\`confirm: self\` where the rule names no user; and two rules that are on, or two forms of one, that a single request could satisfy.`,
    tableOf(
      ['field', ''],
      fields.map(([name, meaning]) => [code(name), meaning]),
    ),
    `\`\`\`yaml\n${examples}\`\`\``,
  ].join('\n\n');
}

function types(): string {
  const rows = [...slotTypes.values()]
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(type => [code(`<${type.name}>`), aboutType(type), code(type.example)]);
  return [
    '## The types',
    'Each is a pattern that takes time linear in the text, with a bound on its length. No value begins with `-`, but for free text.',
    tableOf(['type', 'must be', 'example'], rows),
  ].join('\n\n');
}

function aboutType({ name, about, maxBytes, freeText, secret }: SlotType): string {
  const more = [
    `${maxBytes} bytes at most`,
    existsSync(join(root, `host-agent/checks/${name}.ts`)) && 'checked against the host when it runs',
    freeText && 'free text: only on stdin, in a file or after a literal option',
    secret && 'secret: only on stdin or in a file with `secret: true`, and never shown or recorded',
  ].filter(text => text !== false && text !== undefined);
  return `${about}. ${more.join('; ').replace(/^./, first => first.toUpperCase())}`;
}

function table(): string {
  const paths = (all: Iterable<string>) => [...all].map(code).join(', ');
  return [
    '## The programs',
    `A rule can run these: ${paths(programs.values())}. None of them runs a program that a caller names. The agent’s own checks also ask ${paths(Object.values(askPrograms).filter(path => ![...programs.values()].includes(path)))}.`,
    `And these verbs of the agent itself: ${paths(verbs)}; a rule that writes a file answers to \`@write\`, \`@restore\` and \`@generations\`. What they do: [protocol.md](protocol.md#verbs).`,
  ].join('\n\n');
}

function rulesOf(file: string, rules: readonly Rule[]): string {
  const rows = rules
    .filter(rule => rule.file === file)
    .map(rule => [
      code(rule.id),
      allows(rule),
      rule.danger === null ? rule.why : `${rule.why}. **Danger:** ${rule.danger}`,
      rule.confirm === 'none' ? (rule.reads ? 'reads' : '') : rule.confirm,
      rule.undo === null ? '' : code(rule.undo),
    ]);
  return `### ${file}\n\n${tableOf(['rule', 'allows', 'why', 'confirm', 'undo'], rows)}`;
}

function allows({ pattern, stdin, write }: Rule): string {
  const texts = (args: readonly Arg[]) => args.map(arg => code(textOf(arg)));
  if (write)
    return `write ${code(pattern)}, mode ${code(`0${write.mode.toString(8)}`)}, each line ${texts(write.lines).join(' or ')}`;
  return stdin ? `${code(pattern)}, stdin ${texts(stdin).join(' then ')}` : code(pattern);
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

if (import.meta.main) writeFileSync(pagePath, rulesPage());
