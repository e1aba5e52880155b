// The claim of docs/security.md, tried: whoever owns the web whole, and whatever code the owner was made to give, can do what the rules
// say and nothing else. Each try stands beside a neighbour that is allowed.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Command } from '../../allowlist/wire.ts';
import type { TestHost } from './host.ts';
import { enrolAnew, leftBehind, sharedHost, web } from './installed.ts';
import { type Answer, type Heard, Intruder, speakingAs, useraddArgs } from './intruder.ts';
import { whyNoHost } from './start.ts';

const why = whyNoHost();
if (why) console.warn(`skipped: ${why}`);

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE4plYOxwxYY2PyXB59yp5PnjEMwFPgUhhbRIbEBQ1Bz';
const hash = `$6$saltsalt$${'a'.repeat(86)}`;

/** What the agent asked of the host counts for at most a second (contract §3). */
const factsMs = 1100;

/** Every act that reaches an account, less what ends it. */
const actsOn = (login: string): Command[] => [
  { cmd: 'usermod', args: ['-c', 'Renamed', login] },
  { cmd: 'chpasswd', args: ['-e'], stdin: `${login}:${hash}\n` },
  { cmd: 'pdbedit', args: ['-d0', '-t', '-a', '-u', login], stdin: 'a password\na password\n' },
  { cmd: '@write', args: [`/etc/gatehouse/keys/${login}`], stdin: `# mine\n${key}\n` },
  { cmd: 'usermod', args: ['-L', '-e', '1', login] },
  { cmd: 'usermod', args: ['-e', '', login] },
  { cmd: 'pdbedit', args: ['-d0', '-x', '-u', login] },
];
const endsOf = (login: string): Command[] => [
  { cmd: 'pkill', args: ['-KILL', '-u', login] },
  { cmd: '@trash', args: [login] },
  { cmd: 'userdel', args: [login] },
];

describe.skipIf(why)('whoever owns the web', () => {
  let host: TestHost;
  let intruder: Intruder;
  const sh = (script: string, ...args: string[]) => host.must(['sh', '-c', script, 'sh', ...args]);
  beforeAll(async () => {
    host = await sharedHost();
    intruder = new Intruder(host, await enrolAnew(host));
    expect(await intruder.makeUser('ann')).toMatchObject({ event: 'done', ok: true });
    for (const group of ['lxd', 'sambashare']) await host.exec(['groupadd', '--system', group]);
    for (const group of ['adm', 'docker', 'lxd', 'shadow', 'disk'])
      await sh(`useradd -m -g users -G ${group} op${group}`);
    await sh('useradd -m -g users opsudoers && echo "opsudoers ALL=(ALL) NOPASSWD: ALL" > /etc/sudoers.d/opsudoers');
  });
  afterAll(async () => {
    if (!host) return;
    const logins = 'ann bea cas dot eve opadm opdocker oplxd opshadow opdisk opsudoers';
    await sh(`rm -rf /etc/sudoers.d/opsudoers /home/.gatehouse-trash /var/lib/gatehouse/trash.json
      for login in ${logins}; do pdbedit -d0 -x -u $login; userdel -f -r $login; rm -f /etc/gatehouse/keys/$login; done 2>/dev/null; true`);
  });

  /** With a code for exactly this. Not even a code opens what may not be. */
  async function refused(request: Command, problem: string, ...said: (string | RegExp)[]): Promise<Answer> {
    const answers = await intruder.confirmed(request);
    const last = answers.at(-1);
    const what = `${request.cmd} ${request.args.join(' ')}: ${JSON.stringify(last)}`;
    expect(last, what).toMatchObject({ event: 'refused', problem, entry: expect.any(Number) });
    for (const part of said) expect(last?.message, what).toMatch(part);
    return last as Answer;
  }
  async function allowed(...requests: Command[]): Promise<void> {
    for (const answer of await intruder.confirmed(...requests))
      expect(answer).toMatchObject({ event: 'done', ok: true });
  }
  /** What an attack leaves of the host: everything as it was but the log and what the agent remembers. */
  async function unchanged(act: () => Promise<unknown>): Promise<void> {
    const before = await host.snapshot();
    await act();
    expect(leftBehind(before, await host.snapshot())).toBe('');
  }

  describe('reaches no account but those that Gatehouse made', () => {
    const victims = [
      'root',
      'debian',
      'steward',
      'opadm',
      'opdocker',
      'oplxd',
      'opshadow',
      'opdisk',
      'opsudoers',
      'gatehouse',
      'sshd',
      'nobody',
    ];

    it('not one of them, by any act, with a code for it', async () => {
      await unchanged(async () => {
        for (const login of victims) {
          const answers = await intruder.asks(
            [...actsOn(login), ...endsOf(login)].map(act => ({ ...act, dryRun: true })),
          );
          for (const answer of answers)
            expect(answer, login).toMatchObject({ event: 'plan', unmet: [expect.stringContaining(login)] });
        }
        for (const act of [
          ...actsOn('debian'),
          ...endsOf('opdocker'),
          ...actsOn('root').slice(0, 4),
          ...actsOn('gatehouse').slice(0, 2),
        ])
          await refused(act, 'not-permitted-now', /is not a user that Gatehouse manages/);
        for (const login of victims)
          await refused({ cmd: 'chpasswd', args: ['-e'], stdin: `${login}:${hash}\n` }, 'not-permitted-now', login);
      });
    });

    it('but each of these acts on one of its own', () => allowed(...actsOn('ann')));

    it('not its own user any more, once root gave that one privilege', async () => {
      const privileges: Record<string, [string, string]> = {
        sudo: ['gpasswd -a ann sudo', 'gpasswd -d ann sudo'],
        docker: ['gpasswd -a ann docker', 'gpasswd -d ann docker'],
        sudoers: ['echo "ann ALL=(root) /usr/bin/true" > /etc/sudoers.d/z', 'rm /etc/sudoers.d/z'],
        'sudoers by number': ['echo "#$(id -u ann) ALL=(ALL) ALL" > /etc/sudoers.d/z', 'rm /etc/sudoers.d/z'],
        doas: [
          'cp /etc/doas.conf /root/doas.kept; chmod u+w /etc/doas.conf; echo "permit nopass ann as root" >> /etc/doas.conf',
          'mv /root/doas.kept /etc/doas.conf',
        ],
        polkit: [
          `mkdir -p /etc/polkit-1/rules.d; echo 'polkit.addRule(function (action, subject) { if (subject.user == "ann") return "yes"; });' > /etc/polkit-1/rules.d/z.rules`,
          'rm /etc/polkit-1/rules.d/z.rules',
        ],
      };
      for (const [what, [give, take]] of Object.entries(privileges)) {
        await sh(give);
        await sleep(factsMs);
        try {
          await refused(
            actsOn('ann')[1] as Command,
            'not-permitted-now',
            /ann is (privileged|not a user that Gatehouse manages)/,
          );
          await refused(actsOn('ann')[3] as Command, 'not-permitted-now');
          expect((await intruder.ask('usermod', ['-c', what, 'ann'])).problem, what).toBe('not-permitted-now');
        } finally {
          await sh(take);
        }
        await sleep(factsMs);
        expect(await intruder.ask('usermod', ['-c', what, 'ann']), what).toMatchObject({
          event: 'done',
          ok: true,
        });
      }
    });

    it('not one that took the place of its own', async () => {
      expect(await intruder.makeUser('bea')).toMatchObject({ ok: true });
      await sh('userdel -r bea && useradd -m -g users -u 1500 bea && gpasswd -a bea sudo && gpasswd -d bea sudo');
      await sleep(factsMs);
      await refused(actsOn('bea')[1] as Command, 'not-permitted-now', /its uid is \d+, and Gatehouse made it with \d+/);
      await sh('userdel -r bea');
    });
  });

  describe('makes nobody who is more than a user', () => {
    it('not with a login that is named before it exists; but with one beside it', async () => {
      const policies: Record<string, string> = {
        '/etc/sudoers.d/early': 'early ALL=(ALL) NOPASSWD: ALL',
        '/etc/polkit-1/rules.d/early.rules': 'polkit.addRule((a, subject) => subject.user === "early" ? "yes" : null);',
        '/etc/ssh/sshd_config.d/99-early.conf': 'AllowUsers early debian',
        '/etc/cron.d/early': '0 3 1 1 * early true',
      };
      for (const [file, text] of Object.entries(policies)) {
        await host.writeFile(file, `${text}\n`, '0440');
        const answer = await intruder.makeUser('early');
        await sh('rm -f "$1"', file);
        expect(answer, file).toMatchObject({
          event: 'refused',
          problem: 'not-permitted-now',
          message: expect.stringContaining(file),
        });
      }
      await sh('chmod u+w /etc/doas.conf; echo permit early >> /etc/doas.conf');
      const byDoas = await intruder.makeUser('early');
      await sh('sed -i "/early/d" /etc/doas.conf; chmod 0400 /etc/doas.conf');
      expect(byDoas.message).toContain('/etc/doas.conf');
      expect(await host.exec(['getent', 'passwd', 'early'])).toMatchObject({ code: 2 });
      await host.writeFile('/etc/sudoers.d/early', 'early ALL=(ALL) NOPASSWD: ALL\n', '0440');
      expect(await intruder.makeUser('earl')).toMatchObject({ event: 'done', ok: true });
      await sh('rm /etc/sudoers.d/early; userdel -r earl');
    });

    it('nobody at all while sudo serves the group that they would be in', async () => {
      await host.writeFile('/etc/sudoers.d/all', '%users ALL=(ALL) ALL\n', '0440');
      const answer = await intruder.makeUser('cas');
      await sh('rm /etc/sudoers.d/all');
      expect(answer).toMatchObject({ event: 'refused', problem: 'not-permitted-now' });
    });

    it('not where a home, mail, crontab or group of that name waits', async () => {
      for (const waiting of ['/home/cas', '/var/mail/cas', '/var/spool/cron/crontabs/cas']) {
        await sh('touch "$1"', waiting);
        const answer = await intruder.makeUser('cas');
        await sh('rm "$1"', waiting);
        expect(answer.message, waiting).toContain(waiting);
      }
      expect((await intruder.makeUser('sudo')).message).toContain('taken by a group');
    });

    it('not with a uid or group of choice, in any spelling', async () => {
      await unchanged(async () => {
        const next = await intruder.nextUid();
        const spellings = [
          '0',
          '00',
          '+0',
          ' 0',
          '-0',
          '0x0',
          '1000',
          '999',
          String(next + 1),
          `0${next}`,
          `${next} `,
          `+${next}`,
          '4294967296',
          '-1',
          '٠',
        ];
        const acts = spellings.map(uid => ({ cmd: 'useradd', args: useraddArgs(uid, 'X', 'cas') }));
        const not = expect.stringMatching(/^not-(allowed|permitted-now)$/);
        for (const [i, answer] of (await intruder.asks(acts)).entries())
          expect(answer, spellings[i]).toMatchObject({ event: 'refused', problem: not });
        const lawful = useraddArgs(next, 'X', 'cas');
        const with_ = (...more: string[]) => [...more, ...lawful];
        for (const args of [
          with_('-o'),
          with_('-G', 'sudo'),
          with_('-ou0'),
          lawful.map(arg => (arg === 'users' ? 'sudo' : arg)),
          lawful.map(arg => (arg === '/usr/sbin/nologin' ? '/bin/bash' : arg)),
          lawful.map(arg => (arg === 'HOME_MODE=0700' ? 'HOME_MODE=0777' : arg)),
        ])
          expect(await intruder.ask('useradd', args), args.join(' ')).toMatchObject({
            event: 'refused',
            problem: 'not-allowed',
          });
      });
    });

    it('not with a uid that was used before, even after the trash was emptied', async () => {
      const uid = await intruder.nextUid();
      expect(await intruder.makeUser('cas')).toMatchObject({ ok: true });
      await allowed(...endsOf('cas').slice(1));
      expect((await intruder.ask('useradd', useraddArgs(uid, 'X', 'dot'))).message).toMatch(/The uid must be \d+/);
      expect((await intruder.makeUser('cas')).message).toContain('in the trash');
      await allowed({ cmd: '@empty', args: ['cas'] });
      expect((await intruder.ask('useradd', useraddArgs(uid, 'X', 'cas'))).problem).toBe('not-permitted-now');
      expect(await intruder.makeUser('cas')).toMatchObject({ ok: true });
      expect(await host.must(['id', '-u', 'cas'])).toBe(String(uid + 1));
    });
  });

  describe('reaches no file but the keys of its own users', () => {
    it('by no path', async () => {
      const paths = [
        ...[
          '/etc/shadow',
          '/etc/sudoers.d/x',
          '/root/.ssh/authorized_keys',
          '/home/ann/.ssh/authorized_keys',
          '/var/log/gatehouse/audit.jsonl',
        ],
        ...[
          '/etc/gatehouse/keys/../../shadow',
          '/etc/gatehouse/keys/ann/../root',
          '/etc/gatehouse/keys//ann',
          '/etc/gatehouse/keys/ann/',
          '/etc/gatehouse/keys/',
          '/etc/gatehouse/keys/.',
          '/etc/gatehouse/keys/..',
        ],
        ...[
          '/etc/gatehouse/rules.d/x.yaml',
          '/etc/gatehouse/agent.env',
          '/var/lib/gatehouse/users.json',
          '/etc/gatehouse/keys/.gatehouse-trash',
          'etc/gatehouse/keys/ann',
          '/ETC/gatehouse/keys/ann',
          '/proc/self/root/etc/gatehouse/keys/ann',
        ],
      ];
      await unchanged(async () => {
        const acts = paths.flatMap(path => [
          { cmd: '@write', args: [path], stdin: `${key}\n` },
          { cmd: '@generations', args: [path] },
        ]);
        for (const [i, answer] of (await intruder.asks(acts)).entries())
          expect(answer, acts[i]?.args[0]).toMatchObject({ event: 'refused', problem: 'not-allowed' });
        expect(await intruder.ask('@write', ['/etc/gatehouse/keys/ann\0x'], { stdin: `${key}\n` })).toMatchObject({
          problem: 'bad-request',
        });
        expect(await intruder.ask('@restore', ['/etc/shadow', '1'])).toMatchObject({
          event: 'refused',
          problem: 'not-allowed',
        });
      });
    });

    it('with nothing in them but keys', async () => {
      const evil = [
        `command="id" ${key}`,
        `environment="LD_PRELOAD=/x" ${key}`,
        `${key}\rssh-rsa AAAA`,
        `${key} x\n\0`,
        `# a\u2028${key}`,
        `cert-authority ${key}`,
        'AuthorizedKeysFile /etc/shadow',
        `*,!${key}`,
      ];
      await unchanged(async () => {
        for (const text of evil)
          expect(await intruder.ask('@write', ['/etc/gatehouse/keys/ann'], { stdin: `${text}\n` }), text).toMatchObject(
            { event: 'refused', problem: expect.stringMatching(/not-allowed|bad-request/) },
          );
      });
      await allowed({ cmd: '@write', args: ['/etc/gatehouse/keys/ann'], stdin: `# two\n${key}\n` });
    });

    it('not through a link in the place of a file of keys', async () => {
      await sh('mv /etc/gatehouse/keys/ann /root/kept && ln -s /etc/shadow /etc/gatehouse/keys/ann');
      const shadow = await host.must(['sha256sum', '/etc/shadow']);
      await refused(
        { cmd: '@write', args: ['/etc/gatehouse/keys/ann'], stdin: `# link\n${key}\n` },
        'not-permitted-now',
        '/etc/gatehouse/keys/ann',
      );
      expect(await intruder.ask('@generations', ['/etc/gatehouse/keys/ann'])).toMatchObject({ event: 'refused' });
      expect(await host.must(['sha256sum', '/etc/shadow'])).toBe(shadow);
      await sh('rm /etc/gatehouse/keys/ann && mv /root/kept /etc/gatehouse/keys/ann');
      await allowed({ cmd: '@write', args: ['/etc/gatehouse/keys/ann'], stdin: `# no link\n${key}\n` });
    });

    it('not through links that a user plants at home: nothing there is ever opened', async () => {
      expect(await intruder.makeUser('dot')).toMatchObject({ ok: true });
      await sh('mkdir -p /srv/safe && echo kept > /srv/safe/file && chmod 777 /srv/safe && chmod 666 /srv/safe/file');
      const plant =
        'cd /home/dot && ln -s /root/.ssh .ssh && ln -s /srv/safe safe && ln -s /etc/shadow shadow && mkdir -p a/b && ln -s / a/b/root && ln /srv/safe/file hard';
      await host.exec(['sh', '-c', plant], { user: 'dot' });
      await allowed({ cmd: '@write', args: ['/etc/gatehouse/keys/dot'], stdin: `# mine\n${key}\n` });
      expect((await host.exec(['ls', '/root/.ssh'])).stdout).not.toContain('authorized_keys');
      const before = await host.must(['sha256sum', '/etc/shadow', '/srv/safe/file']);
      await allowed({ cmd: '@trash', args: ['dot'] });
      await allowed({ cmd: 'userdel', args: ['dot'] }, { cmd: '@empty', args: ['dot'] });
      expect(await host.must(['sha256sum', '/srv/safe/file'])).toBe(before.split('\n')[1]);
      expect((await host.exec(['test', '-e', '/home/.gatehouse-trash/dot'])).code).toBe(1);
      expect(await host.must(['stat', '-c', '%U %a', '/etc/shadow'])).toBe('root 640');
      await sh('rm -r /srv/safe');
    });

    it('not where the home itself was replaced by a link', async () => {
      expect(await intruder.makeUser('eve')).toMatchObject({ ok: true });
      await sh('mv /home/eve /home/eve.kept && ln -s /etc /home/eve');
      await refused({ cmd: '@trash', args: ['eve'] }, 'not-permitted-now', /\/home\/eve is a link/);
      expect(await host.must(['stat', '-c', '%F', '/etc'])).toBe('directory');
      await sh('rm /home/eve && mv /home/eve.kept /home/eve');
      await allowed({ cmd: '@trash', args: ['eve'] }, { cmd: '@untrash', args: ['eve'] });
    });
  });

  describe('uses a code once, for what it was given', () => {
    const rename = (name: string): Command => ({ cmd: 'usermod', args: ['-L', '-e', '1', name] });
    const open: Command = { cmd: 'usermod', args: ['-e', '', 'ann'] };
    const confirm = (code: string, ...requests: Command[]) => ({
      cmd: '@confirm',
      args: [],
      stdin: JSON.stringify({ code, requests }),
    });

    it('neither the code nor the ticket a second time', async () => {
      const code = await intruder.app.again(host);
      const [opened, ran, again, secondCode] = await intruder.asks([
        ...[confirm(code, open), { ...open, ticket: '' }, { ...open, ticket: '' }],
        confirm(code, open),
      ]);
      expect([opened, ran].map(answer => answer?.event)).toEqual(['done', 'done']);
      expect(again).toMatchObject({
        event: 'refused',
        problem: 'needs-confirmation',
        message: expect.stringContaining('has run'),
      });
      expect(secondCode).toMatchObject({
        event: 'refused',
        problem: 'needs-confirmation',
        message: expect.stringContaining('used'),
      });
      const fresh = await intruder.app.next();
      expect((await intruder.asks([confirm(fresh, open)]))[0]).toMatchObject({ event: 'done' });
    });

    it('not for another user, in another order, or with a byte changed', async () => {
      const code = await intruder.app.again(host);
      const password: Command = { cmd: 'chpasswd', args: ['-e'], stdin: `ann:${hash}\n` };
      const answers = await intruder.asks([
        confirm(code, open, password),
        { ...password, ticket: '' },
        { ...rename('eve'), ticket: '' },
        { ...open, args: ['-e', '', 'eve'], ticket: '' },
        { ...open, ticket: '' },
        { ...password, stdin: password.stdin?.replace('saltsalt', 'saltsalu'), ticket: '' },
        { ...password, ticket: '' },
      ]);
      expect(answers.map(({ event }) => event)).toEqual([
        'done',
        'refused',
        'refused',
        'refused',
        'done',
        'refused',
        'done',
      ]);
    });

    it('none without a code, and none that a reset ended', async () => {
      expect(await intruder.ask(open.cmd, open.args)).toMatchObject({ problem: 'needs-confirmation' });
      expect(await intruder.ask(open.cmd, open.args, { ticket: 'f'.repeat(32) })).toMatchObject({
        problem: 'needs-confirmation',
      });
      const [opened] = await intruder.asks([confirm(await intruder.app.again(host), open)]);
      intruder = new Intruder(host, await enrolAnew(host));
      expect(await intruder.ask(open.cmd, open.args, { ticket: opened?.result?.ticket })).toMatchObject({
        problem: 'needs-confirmation',
        message: expect.stringContaining('has ended'),
      });
      await allowed(open);
    });
  });

  describe('is written down', () => {
    it('each try, in a log that it cannot open', async () => {
      for (const path of [
        '/var/log/gatehouse',
        '/var/log/gatehouse/audit.jsonl',
        '/var/lib/gatehouse',
        '/etc/gatehouse',
      ])
        expect((await intruder.inside('ls', path)).code, path).not.toBe(0);
      const before = Number((await intruder.ask('@status')).result?.lastEntry);
      const tries: Command[] = [
        { cmd: 'bash', args: ['-c', 'id'] },
        { cmd: 'rm', args: ['-f', '/var/log/gatehouse/audit.jsonl'] },
        { cmd: 'usermod', args: ['-c', 'x', 'root'] },
        { cmd: '@write', args: ['/var/log/gatehouse/audit.jsonl'], stdin: '' },
        { cmd: 'usermod', args: ['-c', 'Ann', 'ann'] },
      ];
      const answers = await intruder.asks(tries);
      const log = (await host.readFile('/var/log/gatehouse/audit.jsonl'))
        .trim()
        .split('\n')
        .map(line => JSON.parse(line));
      const since = log.filter(({ n }) => n > before);
      for (const [i, answer] of answers.entries()) {
        const entry = since.find(({ n }) => n === answer.entry);
        expect(entry, tries[i]?.cmd).toMatchObject(
          answer.event === 'done'
            ? { kind: 'intent', argv: ['/usr/sbin/usermod', '-c', 'Ann', 'ann'] }
            : { kind: 'refused', cmd: tries[i]?.cmd, args: tries[i]?.args },
        );
        expect(entry.peer.uid).toBe(Number(await host.must(['id', '-u', 'gatehouse'])));
      }
      expect(answers.map(({ event }) => event)).toEqual(['refused', 'refused', 'refused', 'refused', 'done']);
    });

    it('also in a flood, by number', async () => {
      const before = Number((await intruder.ask('@status')).result?.lastEntry);
      await intruder.asks(Array.from({ length: 300 }, () => ({ cmd: 'nonsense', args: [] })));
      const counted = async () =>
        (await host.readFile('/var/log/gatehouse/audit.jsonl'))
          .trim()
          .split('\n')
          .map(line => JSON.parse(line))
          .filter(({ n, kind }) => n > before && kind === 'refused')
          .reduce((sum, { count }) => sum + (count ?? 1), 0);
      await expect.poll(counted, { timeout: 10_000 }).toBe(300);
      expect(await host.must(['gatehouse-agent', 'verify'])).toMatch(/^ok: /);
    });
  });

  describe('has no other way to the host', () => {
    it('no socket of Docker, no path of the host, no process but its own', async () => {
      expect((await intruder.inside('ls', '/var/run/docker.sock')).code).not.toBe(0);
      const mounts = (await intruder.inside('cat', '/proc/self/mountinfo')).stdout
        .split('\n')
        .filter(Boolean)
        .map(line => line.split(' '));
      const fromHost = mounts.filter(
        ([, , , root, at]) =>
          !at?.startsWith('/proc') &&
          !at?.startsWith('/sys') &&
          root !== '/' &&
          !/\/docker\/(containers|volumes)\//.test(root ?? ''),
      );
      expect(fromHost.map(([, , , root, at]) => [root, at])).toEqual([
        ['/usr/bin/tini-static', '/usr/sbin/docker-init'],
        ['/gatehouse', '/run/gatehouse'],
      ]);
      const processes = (await intruder.inside('sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "')).stdout;
      expect(processes).toContain('web/main.ts');
      expect(processes).not.toMatch(/host-agent|systemd|dockerd/);
    });

    it('no hand on the socket or its folder', async () => {
      const socket = '/run/gatehouse/agent.sock';
      for (const argv of [
        ['rm', socket],
        ['mv', socket, '/run/gatehouse/old'],
        ['touch', '/run/gatehouse/x'],
        ['ln', '-s', '/tmp', '/run/gatehouse/y'],
        ['chmod', '777', '/run/gatehouse'],
      ])
        expect((await intruder.inside(...argv)).code, argv.join(' ')).not.toBe(0);
      expect((await intruder.inside('ls', '/run/gatehouse')).stdout).toBe('agent.sock\n');
      expect(await host.must(['stat', '-c', '%U:%G %a', '/run/gatehouse', socket])).toBe(
        'root:gatehouse 750\nroot:gatehouse 660',
      );
      expect((await intruder.inside('test', '-S', socket)).code).toBe(0);
    });

    it('no other uid to speak as: neither one that shares the mount nor root in a container', async () => {
      const gid = await host.must(['id', '-g', 'gatehouse']);
      const uid = await host.must(['id', '-u', 'gatehouse']);
      const as = async (user: string) => {
        const [heard] = await intruder.speak([{ asks: [{ cmd: '@status', args: [] }] }], speakingAs(user));
        return heard as Heard;
      };
      expect((await as('12345:12345')).failed).toBe('EACCES');
      for (const [user, number] of [
        [`12345:${gid}`, 12345],
        [`0:${gid}`, 0],
      ] as const)
        expect((await as(user)).answers[0], user).toMatchObject({
          event: 'refused',
          problem: 'not-allowed',
          message: `The uid ${number} may not speak to this agent.`,
        });
      expect((await as(`${uid}:${gid}`)).answers[0]).toMatchObject({ event: 'done', ok: true });
    });

    it('not the secret of the codes: neither in its files, nor in its settings, nor in its database', async () => {
      const { secret } = JSON.parse(await host.readFile('/var/lib/gatehouse/confirmation.json')) as { secret: string };
      const everything =
        'env; cat /proc/1/environ; find / -xdev -type f -newer /proc/1/cmdline -exec cat {} + ; cat /var/lib/gatehouse-web/*';
      const { stdout } = await intruder.inside('sh', '-c', everything);
      expect(stdout).toContain('GATEHOUSE_DATABASE');
      expect(stdout).not.toContain(secret);
      const dump = await host.must([
        'sh',
        '-c',
        'docker exec gatehouse_database_1 sh -c \'mariadb-dump -h127.0.0.1 -ugatehouse -p"$MARIADB_PASSWORD" gatehouse\'',
      ]);
      expect(dump).toContain('CREATE TABLE');
      expect(dump).not.toContain(secret);
    });

    it('and has no capability, no new privilege and no setuid file that would give it one', async () => {
      const { stdout } = await intruder.inside(
        'sh',
        '-c',
        'grep -E "^(CapEff|NoNewPrivs)" /proc/self/status; cat /etc/shadow; su root -c id',
      );
      expect(stdout).toBe('CapEff:\t0000000000000000\nNoNewPrivs:\t1\n');
      expect((await host.exec(['docker', 'exec', web, 'unshare', '-Ur', 'true'])).code).not.toBe(0);
    });
  });
});
