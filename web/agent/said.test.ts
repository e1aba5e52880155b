import { describe, expect, it } from 'vitest';
import { inLanguage } from '../i18n/language.ts';
import { german } from './said.de.ts';
import { saidIn } from './said.fixture.ts';
import { said } from './said.ts';

/** Only root hears these, at the terminal or in the journal; the simulated host's programs speak as the real ones do. */
const rootOnly = [
  ...['load', 'overlap', 'pattern', 'programs', 'testing'].map(name => `allowlist/${name}.ts`),
  ...['commands/', 'dummy/', 'audit/files.ts', 'audit/verify', 'native.ts', 'registry.ts'],
  ...['confirmation/confirm-command.ts', 'confirmation/enrol.ts', 'confirmation/otpauth.ts', 'confirmation/qr.ts'],
  ...['approve-command', 'at-terminal', 'journal', 'main', 'rule-files', 'serve', 'settings', 'usage'].map(
    name => `${name}.ts`,
  ),
].map(path => (path.startsWith('allowlist/') ? path : `host-agent/${path}`));

/** The web's own words, where else the agent's would stand. */
const ours = ['agent/agent.ts', 'agent/reader.ts', 'audit/mirror.ts', 'changes/job.ts', 'changes/trail.ts'].map(
  path => `web/${path}`,
);

/** In words, and no sentence for a client. */
const unsaid = [
  // Values: examples, a moment, what a program prints.
  ...['# laptop', "Zoë O'Neil", 'ssh-ed25519 AAAAC3… laptop', 'four words and a fish'],
  ...['{} UTC', '{} entries destroyed\n', '{}\n\\ No newline at end of file\n'],
  // What is asked of the host.
  ...['may be missing', '^User {} is not allowed to run sudo on '],
  // What the terminal's own socket says, and what a person there is told of an administrator they made.
  'The host could not be asked: {}. The journal says more.',
  'Nothing waits under {}: it was decided, has lapsed or was never asked.',
  'look first at what may wait in the home folder and elsewhere (~/.ssh, ~/.bashrc, crontab -l -u {})',
  'sudo asks for a password: {}, then set one with passwd {}',
];

const sources = saidIn(['allowlist', 'host-agent', 'web'], file =>
  file.startsWith('web/')
    ? ours.includes(file)
    : /^(?:allowlist|host-agent)\/.*(?<!\.test|\.fixture)\.ts$/.test(file) &&
      !rootOnly.some(path => file.startsWith(path)),
);
const entries = Object.entries(german).flatMap(([kind, phrases]) =>
  Object.entries(phrases).map(([english, german]) => ({ kind, english, german })),
);
const bare = (template: string) => template.replace(/\{\w+\}/g, '{}');
const slotsOf = (template: string) => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe('the German of what the agent says', () => {
  it('has every sentence that the sources can give a client', () => {
    const known = new Set([...entries.map(({ english }) => bare(english)), ...unsaid]);
    const missing = sources.filter(({ template, inWords }) => inWords && !known.has(template));
    expect(missing.map(({ file, template }) => `${file}: ${template}`)).toEqual([]);
  });

  it('has none that no source says any more', () => {
    const inSources = new Set(sources.map(({ template }) => template));
    const templates = [...entries.map(({ english }) => bare(english)), ...unsaid];
    expect(templates.filter(template => /\p{L}/u.test(template) && !inSources.has(template))).toEqual([]);
  });

  it('fills in the same values, and none that it has not', () => {
    for (const { english, german } of entries) expect(slotsOf(german), english).toEqual(slotsOf(english));
  });

  it('says each sentence by its own template, not by an earlier one', () => {
    const lastOf = (kind: string) => Object.entries(german[kind] ?? {}).at(-1) ?? ['x7', 'x7'];
    const filled = (template: string, language: 0 | 1): string =>
      template.replace(/\{(\w+?)\d?\}/g, (_, name: string) => filled(lastOf(name)[language]!, language));
    for (const { english, german } of entries.filter(({ kind }) => kind === 'sentence'))
      expect(
        inLanguage('de', () => said(filled(english, 0))),
        english,
      ).toBe(filled(german, 1));
  });
});

describe('what the agent said', () => {
  const inGerman = (text: string) => inLanguage('de', () => said(text));

  it('is told in German with the same values, and in English as it came', () => {
    const sentence =
      "jo is privileged: /etc/doas.conf names it or the group users. It is changed only at the host's terminal.";
    expect(said(sentence)).toBe(sentence);
    expect(inGerman(sentence)).toBe(
      'jo hat mehr Rechte: /etc/doas.conf nennt es oder die Gruppe users. Das wird nur am Terminal des Servers geändert.',
    );
  });

  it.each([
    [
      'Request 2 of the list: Argument 1 of userdel, "Jo", must be <user>: the login of a user that Gatehouse manages, such as jo.',
      'Befehl 2 der Liste: Argument 1 von userdel ist "Jo"; erlaubt ist <user>: der Anmeldename eines Benutzers, den Gatehouse verwaltet, etwa jo.',
    ],
    ['usermod has 1 arguments here; a rule allows it with exactly 3 or 4 or 5.', 'genau 3 oder 4 oder 5.'],
    [
      'The group family is not empty: jo is in it, and 2 more.',
      'Die Gruppe family ist nicht leer: jo ist darin, und 2 weitere.',
    ],
    ['The group family is not empty: jo is in it.', 'Die Gruppe family ist nicht leer: jo ist darin.'],
    ['/etc/x/jo was not changed: "jo" is a link.', '/etc/x/jo wurde nicht geändert: "jo" ist ein Link.'],
    [
      '/etc/x must belong to root, and neither its group nor others may write there; nothing was changed.',
      'dort schreiben',
    ],
    [
      'pdbedit ended with 1; jo is no administrator. Done before: removed the keys, cleared the password.',
      'Schlüssel entfernt, Passwort gelöscht.',
    ],
    [
      'line 1 must be <comment>: a comment: "# " and up to 100 printable characters, such as # x, or "a, or b".',
      '"a, or b"',
    ],
    ['The request is not understood: "args" has more than 64 elements.', '"args" hat mehr als 64 Elemente.'],
  ])('is said phrase by phrase: %s', (english, german) => {
    expect(inGerman(english)).toContain(german);
  });

  it.each([
    'usermod: user jo is currently used by process 7',
    'It is a link.',
    'The request is not understood: "actor" Invalid input: expected object, received string.',
    'jo is not a user that Gatehouse manages: it has a reason of another version.',
    ' No rule allows the program "x".',
    'No rule allows the program "x".\n',
    '',
  ])('stands as it came where any of it is not known: %j', text => {
    expect(inGerman(text)).toBe(text);
  });

  it('keeps what a program said, though it sounds like the agent', () => {
    const english = 'jo was not put back and stays in the trash: useradd failed (There is no user jo on this host.).';
    expect(inGerman(english)).toContain('useradd ist gescheitert (There is no user jo on this host.).');
  });

  it('takes nothing that somebody typed for a part of the sentence', () => {
    const typed = JSON.stringify('", must be {cmd} $& <b>');
    expect(inGerman(`Argument 1 of id, ${typed}, must be "-Gn".`)).toBe(
      `Argument 1 von id ist ${typed}; erlaubt ist "-Gn".`,
    );
  });

  it('is done with a long one in a breath', () => {
    for (const part of ['3 or ', '"', '", or ', 'x: a, such as '])
      for (const begin of ['a has 1 arguments here; a rule allows it with exactly ', 'line 1 must be ', ''])
        expect(inGerman(begin + part.repeat(100_000))).toBe(begin + part.repeat(100_000));
  });
});
