// Known attacks on a real host, from inside the web's container: as they stand, and bent to the shape of each rule. Nothing changes, the
// agent serves on. Beside them as many lawful requests, with the effect they should have.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../allowlist/wire.ts';
import { bentAttacks, lawfulRequests, misshapenAttacks, strangeCommands } from '../agent/attacks.ts';
import { samba } from './enter.ts';
import type { TestHost } from './host.ts';
import { enrolAnew, leftBehind, sharedHost } from './installed.ts';
import { type Answer, type Heard, Intruder, speakingAs, useraddArgs } from './intruder.ts';
import type { Snapshot } from './snapshot.ts';
import { whyNoHost } from './start.ts';

interface Attack {
  name: string;
  request: { cmd: string; args: string[]; stdin?: string };
  why: string;
  rawB64?: string;
  setup?: string;
  repeat?: number;
  expand?: { times: number };
  slow?: { byteEveryMs: number };
  half_close?: boolean;
  peer?: { uid: number };
}

const file = join(import.meta.dirname, '../../../shared/attacks/requests.jsonl');
const attacks: Attack[] = existsSync(file)
  ? readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Attack)
  : [];
const plain = attacks.filter(({ rawB64 }) => rawB64 === undefined);
const raw = attacks.filter(({ rawB64, peer }) => rawB64 !== undefined && !peer);

const why = whyNoHost();
if (why) console.warn(`skipped: ${why}`);

describe.skipIf(why)('a real host', () => {
  let host: TestHost;
  let intruder: Intruder;
  let before: Snapshot;
  const sh = (script: string) => host.must(['sh', '-c', script]);
  beforeAll(async () => {
    host = await sharedHost();
    intruder = new Intruder(host, await enrolAnew(host));
    expect(await intruder.makeUser('bob')).toMatchObject({ event: 'done', ok: true });
    before = await host.snapshot();
  });
  afterAll(async () => {
    if (host) await takeAway('bob');
  });

  async function untouched(): Promise<void> {
    expect(leftBehind(before, await host.snapshot())).toBe('');
    expect(await intruder.ask('@status')).toMatchObject({ event: 'done', ok: true });
    expect(await host.must(['gatehouse-agent', 'verify'])).toMatch(/^ok: /);
  }
  const takeAway = (login: string) =>
    host.exec(['sh', '-c', 'pdbedit -d0 -x -u "$1"; userdel -f -r "$1"; rm -f "/etc/gatehouse/keys/$1"', 'sh', login]);
  const refusals = {
    event: 'refused',
    problem: expect.stringMatching(/^(not-allowed|bad-request|not-permitted-now|needs-confirmation)$/),
    message: expect.stringMatching(/.{20}/),
  };

  describe.skipIf(attacks.length === 0)('refuses the known attacks', () => {
    it('as they stand, and where they name an act of ours as the nearest one', async () => {
      const acts = [...plain.map(({ request }) => request), ...plain.flatMap(({ request }) => nearest(request))];
      const answers = await intruder.asks(acts);
      expect(answers.length).toBe(acts.length);
      for (const [i, answer] of answers.entries())
        expect(answer, JSON.stringify(acts[i]).slice(0, 300)).toMatchObject(refusals);
      await untouched();
    });

    it('with their links and mounts planted first', async () => {
      const planted = attacks.filter(({ setup }) => setup?.startsWith('ln '));
      expect(planted.length).toBeGreaterThan(5);
      for (const { name, setup = '', request } of planted) {
        const movies = '/srv/shares/movies';
        const folders = `mkdir -p /srv/shares /var/lib/gatehouse/tmp ${setup.includes('$SHARES/movies/') ? movies : ''}`;
        const names =
          'SHARES=/srv/shares APPS=/srv/apps HOME_BOB=/home/bob STAGING=/var/lib/gatehouse/tmp ETC_SAMBA=/etc/samba';
        await sh(`cp -a /etc/samba/smb.conf /run/smb.kept; ${folders}; ${names}; ${setup}`);
        const marks = () =>
          sh(
            'sha256sum /etc/shadow /etc/passwd; stat -c "%n %a %U:%G" /etc /etc/shadow /root; ls -A /root/.ssh 2>&1; true',
          );
        const marked = await marks();
        try {
          for (const answer of await intruder.asks([request, ...nearest(request)]))
            expect(answer, name).toMatchObject(refusals);
          expect(await marks(), name).toBe(marked);
        } finally {
          await sh(
            'rm -rf /srv/shares /var/lib/gatehouse/tmp /home/bob/.ssh /etc/samba/smb.conf; mv /run/smb.kept /etc/samba/smb.conf',
          );
        }
      }
      await untouched();
    });

    it('as bytes: broken, endless, doubled, half closed, unread', async () => {
      const quick = raw.filter(({ slow }) => !slow);
      const heard = await intruder.speak(
        quick.map(({ rawB64, repeat, expand, half_close, name }) => ({
          base64: rawB64,
          times: repeat ?? expand?.times ?? 1,
          ...(half_close && { halfClose: true }),
          ...(name.includes('no-read') && { deaf: true, waitMs: 3000 }),
          ...(name.includes('rst') && { gone: true }),
        })),
      );
      for (const [i, { answers, closed }] of heard.entries()) {
        for (const answer of answers) expect(answer, quick[i]?.name).toMatchObject({ event: 'refused' });
        expect(answers.length > 0 || closed || /no-read|rst/.test(quick[i]?.name ?? ''), quick[i]?.name).toBe(true);
      }
      await untouched();
    });

    it('byte by byte, while others are served', async () => {
      const [slow] = raw.filter(({ slow }) => slow);
      expect(slow).toBeDefined();
      const slowly = intruder.speak([{ base64: slow?.rawB64, byteEveryMs: slow?.slow?.byteEveryMs }]);
      for (let i = 0; i < 5; i++)
        expect(await intruder.ask('@status')).toMatchObject({ event: 'done', ms: expect.any(Number) });
      const [heard] = await slowly;
      expect(heard).toMatchObject({ closed: true, answers: [{ id: null, event: 'refused', problem: 'bad-request' }] });
    });

    it('from another peer, who is not even heard', async () => {
      const peers = attacks.filter(({ peer }) => peer);
      const gid = await host.must(['id', '-g', 'gatehouse']);
      for (const { peer, rawB64, name } of peers) {
        const [heard] = (await intruder.speak([{ base64: rawB64 }], speakingAs(`${peer?.uid}:${gid}`))) as [Heard];
        expect(heard, name).toMatchObject({
          closed: true,
          answers: [
            { event: 'refused', problem: 'not-allowed', message: expect.stringContaining(`uid ${peer?.uid} `) },
          ],
        });
      }
      await untouched();
    });
  });

  describe('refuses what is bent to the shape of a rule', () => {
    it('each evil value in each place of each rule, by the check and not for want of a code', async () => {
      const lawful = {
        user: 'bob',
        'new-login': 'newcomer',
        'next-uid': String(await intruder.nextUid()),
        'trashed-user': 'gone',
      };
      const bent = bentAttacks(lawful).map(({ request }) => request);
      expect(bent.length).toBeGreaterThan(4000);
      const answers = await intruder.asks(bent);
      expect(answers.length).toBe(bent.length);
      for (const [i, answer] of answers.entries())
        expect(answer, JSON.stringify(bent[i]).slice(0, 300)).toMatchObject(refusals);
      // Lawful by their shape: what remains is the check on the host, of which a plan tells without a code.
      const shapely = bent.filter((_, i) => answers[i]?.problem === 'needs-confirmation');
      expect(shapely.length).toBeGreaterThan(50);
      const plans = await intruder.asks(shapely.map(request => ({ ...request, dryRun: true })));
      for (const [i, { event, unmet }] of plans.entries())
        expect({ event, unmet }, JSON.stringify(shapely[i])).toMatchObject({
          event: 'plan',
          unmet: expect.arrayContaining([expect.stringMatching(/.{20}/)]),
        });
      await untouched();
    });

    it('too much, too little, another order, and programs that no rule names', async () => {
      const lawful = {
        user: 'bob',
        'new-login': 'newcomer',
        'next-uid': String(await intruder.nextUid()),
        'trashed-user': 'gone',
      };
      const strange = strangeCommands.flatMap(cmd =>
        [[], ['-c', 'X', 'bob'], ['-c', 'id']].map(args => ({ cmd, args })),
      );
      const acts = [...misshapenAttacks(lawful).map(({ request }) => request), ...strange];
      for (const [i, answer] of (await intruder.asks(acts)).entries())
        expect(answer, JSON.stringify(acts[i])).toMatchObject({
          event: 'refused',
          problem: expect.stringMatching(/^(not-allowed|bad-request)$/),
        });
      await untouched();
    });
  });

  describe('lets lawful requests through', () => {
    const people = [
      ['guest-room-2', "Jo O'Neil", 'four words and a fish'],
      ['a', 'Zoë Müller-Ünal', ' blanks at both ends '],
      ['jo_2', '李雷', '$HOME $(id) `id` $x'],
      ['x'.repeat(31), 'Иван Иванович', 'back\\slash\\'],
      ['kim-lee', 'محمد علي', '"double" and \'single\''],
      ['tv4', 'José María', 'пароль 密码 🔑'],
      ['n-1-2-3', 'Anna (kitchen)', 'a:b:c;d#e%f!g'],
      ['z9_-', 'Dr. No & Sons', 'tab is not in it, ü is'],
      ['backup-box', 'नमस्ते', '<script>alert(1)</script>'],
      ['mini', 'X', '12345678'],
    ] as const;
    const logins = people.map(([login]) => login);
    const passwords: Record<string, string> = Object.fromEntries(
      people.map(([login, , password]) => [login, password]),
    );
    const keyKinds = ['ed25519', 'rsa', 'ecdsa'];
    const publicKeys: string[] = [];
    let passed = 0;

    beforeAll(async () => {
      for (const kind of keyKinds) {
        await sh(`rm -f /tmp/lawful.${kind}*; ssh-keygen -q -t ${kind} -N '' -C laptop -f /tmp/lawful.${kind}`);
        publicKeys.push((await host.readFile(`/tmp/lawful.${kind}.pub`)).trim());
      }
    });
    afterAll(async () => {
      for (const login of logins) await takeAway(login);
    });

    async function done(requests: Command[], { withCode = true } = {}): Promise<Answer[]> {
      const answers = withCode ? (await intruder.confirmed(...requests)).slice(1) : await intruder.asks(requests);
      expect(answers.length).toBe(requests.length);
      for (const [i, answer] of answers.entries())
        expect(answer, JSON.stringify(requests[i])).toMatchObject({
          event: 'done',
          ok: true,
          entry: expect.any(Number),
        });
      passed += answers.length;
      return answers;
    }

    it('makes users of every lawful kind', async () => {
      const first = await intruder.nextUid();
      await done(
        people.map(([login, name], i) => ({ cmd: 'useradd', args: useraddArgs(first + i, name, login) })),
        { withCode: false },
      );
      for (const [i, [login, name]] of people.entries())
        expect(await host.must(['getent', 'passwd', login])).toBe(
          `${login}:x:${first + i}:100:${name}:/home/${login}:/usr/sbin/nologin`,
        );
    });

    it('sets passwords for both, with whatever is in them', async () => {
      const hashes = await Promise.all(
        people.map(([, , password]) => host.must(['openssl', 'passwd', '-6', '-stdin'], { input: `${password}\n` })),
      );
      await done(logins.map((login, i) => ({ cmd: 'chpasswd', args: ['-e'], stdin: `${login}:${hashes[i]}\n` })));
      await done(
        people.map(([login, , password]) => ({
          cmd: 'pdbedit',
          args: ['-d0', '-t', '-a', '-u', login],
          stdin: `${password}\n${password}\n`,
        })),
      );
      for (const [i, login] of logins.entries()) {
        expect(await host.must(['getent', 'shadow', login])).toContain(`${login}:${hashes[i]}:`);
        expect(await samba(host, login, passwords[login] ?? ''), login).toBe(0);
        expect(await samba(host, login, `${passwords[login]}x`), login).toBe(1);
      }
    });

    it('renames in any script', async () => {
      const names = [
        "D'Arcy-Müller",
        '山田 太郎',
        'Ελένη',
        'ירון',
        'Zażółć gęślą',
        'Ñandú 2',
        'a',
        '(b)',
        '“quoted”',
        'né',
      ];
      await done(
        logins.map((login, i) => ({ cmd: 'usermod', args: ['-c', names[i] as string, login] })),
        { withCode: false },
      );
      for (const [i, login] of logins.entries())
        expect(await host.must(['getent', 'passwd', login])).toContain(`:100:${names[i]}:/home/`);
    });

    it('writes keys of each type, several, named, and none', async () => {
      const texts = [
        ...publicKeys.map(text => `${text}\n`),
        `# Laptop of Zoë\n${publicKeys[2]}\n# the other\n${publicKeys[0]}\n`,
        `${publicKeys[1]}\n`,
        '',
      ];
      await done(texts.map((stdin, i) => ({ cmd: '@write', args: [`/etc/gatehouse/keys/${logins[i]}`], stdin })));
      for (const [i, text] of texts.entries())
        expect(await host.readFile(`/etc/gatehouse/keys/${logins[i]}`)).toBe(text);
      expect(await host.must(['stat', '-c', '%U:%G %a', `/etc/gatehouse/keys/${logins[0]}`])).toBe('root:root 644');
    });

    it('locks, lets in, ends, deletes, puts back and empties', async () => {
      const [one = '', two = ''] = logins;
      await done(
        [one, two].flatMap(login => [
          { cmd: 'usermod', args: ['-L', '-e', '1', login] },
          { cmd: 'usermod', args: ['-e', '', login] },
        ]),
      );
      const uid = await host.must(['id', '-u', one]);
      await sh(
        `setpriv --reuid=${uid} --regid=100 --clear-groups sleep 300 >/dev/null 2>&1 & until pgrep -u ${uid}; do sleep 0.1; done`,
      );
      await done([{ cmd: 'pkill', args: ['-KILL', '-u', one] }]);
      await done([
        { cmd: 'pdbedit', args: ['-d0', '-x', '-u', one] },
        ...[one, two].flatMap(login => [
          { cmd: '@trash', args: [login] },
          { cmd: 'userdel', args: [login] },
        ]),
        ...[one, two].map(login => ({ cmd: '@untrash', args: [login] })),
      ]);
      expect(await host.must(['id', '-u', one])).toBe(uid);
      await done([
        { cmd: '@trash', args: [two] },
        { cmd: 'userdel', args: [two] },
        { cmd: '@empty', args: [two] },
      ]);
      expect((await host.exec(['test', '-e', `/home/.gatehouse-trash/${two}`])).code).toBe(1);
    });

    it('tells what may be known', async () => {
      const tells: Command[] = [
        ...[
          ['getent', 'passwd'],
          ['getent', 'group'],
        ].map(([cmd = '', ...args]) => ({ cmd, args })),
        ...['@status', '@rules', '@host', '@users'].map(cmd => ({ cmd, args: [] })),
        { cmd: '@audit', args: ['after', '0', 'limit', '10'] },
        { cmd: '@generations', args: [`/etc/gatehouse/keys/${logins[0]}`] },
      ];
      const answers = await intruder.asks(tells);
      for (const [i, answer] of answers.entries())
        expect(answer, tells[i]?.cmd).toMatchObject({ event: 'done', ok: true });
      passed += answers.length;
    });

    it('at least sixty of them', () => {
      expect(passed).toBeGreaterThanOrEqual(60);
    });

    it('and all that pass on the simulated host', async () => {
      const made: string[] = [];
      for (let at = 0; at < lawfulRequests.length; ) {
        const sure = lawfulRequests[at]?.confirm === true;
        const rest = lawfulRequests.slice(at, at + 32);
        const end = rest.findIndex(({ confirm }) => (confirm === true) !== sure);
        const together = end < 0 ? rest : rest.slice(0, end);
        const next = await intruder.nextUid();
        const requests = together.map(({ request }, i) =>
          typeof request === 'function' ? request(next + i) : request,
        );
        const answers = sure ? (await intruder.confirmed(...requests)).slice(1) : await intruder.asks(requests);
        for (const [i, { name }] of together.entries())
          expect(answers[i], name).toMatchObject({ event: 'done', ok: true });
        made.push(...requests.filter(({ cmd }) => cmd === 'useradd').map(({ args }) => args.at(-1) as string));
        at += together.length;
      }
      for (const login of made) await takeAway(login);
    });
  });
});

/** For an act that Gatehouse does not have: the write or the rule that comes nearest, with what the attacker wants in it. */
function nearest({ cmd, args, stdin }: Attack['request']): Command[] {
  if (!/^(write-|dns-|fstab-|cron-)/.test(cmd)) return [];
  const wanted = stdin || `${args.slice(1).join(' ')}\n`;
  return [{ cmd: '@write', args: [`/etc/gatehouse/keys/${args[0]}`], stdin: wanted }];
}
