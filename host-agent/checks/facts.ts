// What the checks ask of the host: a few programs of the table, kept for at most a second and forgotten after each change.
import { askPrograms, programs } from '../../allowlist/programs.ts';
import { Refused } from '../../allowlist/refused.ts';
import type { Host } from '../host.ts';
import { type Ran, run } from '../run.ts';

export interface Account {
  login: string;
  uid: number;
  gid: number;
  fullName: string;
  home: string;
  shell: string;
}

export interface Group {
  name: string;
  gid: number;
  members: string[];
}

const keepMs = 1000;
const pdbedit = programs.get('pdbedit') as string;

export class Facts {
  readonly #host: Host;
  readonly #kept = new Map<string, { atMs: number; answer: Promise<Ran | Refused> }>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** To be called after whatever may have changed the host. */
  forget(): void {
    this.#kept.clear();
  }

  /** The account of a login or uid; undefined where there is none. */
  async account(key: string | number): Promise<Account | undefined> {
    const ran = await this.#ask([askPrograms.getent, 'passwd', String(key)]);
    if (ran.code === 2) return undefined;
    return accountsIn(wanted(ran, 'getent'))[0];
  }

  async accounts(): Promise<Account[]> {
    return accountsIn(wanted(await this.#ask([askPrograms.getent, 'passwd']), 'getent'));
  }

  /** Names of the groups an account is in, its primary one included. */
  async groupsOf(login: string): Promise<string[]> {
    return wanted(await this.#ask([askPrograms.id, '-Gn', login]), 'id')
      .trim()
      .split(' ');
  }

  async groups(): Promise<Group[]> {
    return groupsIn(wanted(await this.#ask([askPrograms.getent, 'group']), 'getent'));
  }

  /** The group of a name or number; undefined where there is none. */
  async group(key: string | number): Promise<Group | undefined> {
    const ran = await this.#ask([askPrograms.getent, 'group', String(key)]);
    return ran.code === 2 ? undefined : groupsIn(wanted(ran, 'getent'))[0];
  }

  /** Whether sudo would run anything for this login. Whatever sudo says but a plain "no" counts as "yes". */
  async sudoServes(login: string): Promise<boolean> {
    const ran = await this.#ask([askPrograms.sudo, '-l', '-U', login], 'may be missing');
    return !(ran.code === notInstalled || new RegExp(`^User ${login} is not allowed to run sudo on `).test(ran.stdout));
  }

  /** Logins with a password for file shares; undefined where Samba is not installed. */
  async sambaLogins(): Promise<Set<string> | undefined> {
    const ran = await this.#ask([pdbedit, '-d0', '-L'], 'may be missing');
    if (ran.code === notInstalled) return undefined;
    return new Set(rowsOf(wanted(ran, 'pdbedit')).map(([login = '']) => login));
  }

  /** Whether file shares let this login in: it has a password there that is not switched off. */
  async sambaServes(login: string): Promise<boolean> {
    const { code, stdout } = await this.#ask([pdbedit, '-d0', '-L', '-v', '-u', login], 'may be missing');
    return code === 0 && /^Account Flags: +\[[^D\]]*\]$/m.test(stdout);
  }

  async #ask(argv: readonly string[], missing?: 'may be missing'): Promise<Answer> {
    const key = argv.join(' ');
    const now = performance.now();
    let kept = this.#kept.get(key);
    if (!kept || now - kept.atMs > keepMs) {
      if (this.#kept.size > 1000) this.#kept.clear();
      kept = { atMs: now, answer: run(this.#host, argv, { outputBytes: 8 << 20, deadlineMs: 10_000 }) };
      this.#kept.set(key, kept);
    }
    const ran = await kept.answer;
    if (!(ran instanceof Refused)) return ran;
    if (missing && ran.problem === 'not-installed') return { code: notInstalled, stdout: '' };
    throw new Error(ran.message);
  }
}

type Answer = Pick<Ran, 'code' | 'stdout'>;
const notInstalled = 127;

function wanted(ran: Answer, program: string): string {
  if (ran.code !== 0) throw new Error(`${program} ended with ${ran.code}; the host cannot be asked`);
  return ran.stdout;
}

const rowsOf = (text: string) =>
  text
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.split(':'));

function groupsIn(text: string): Group[] {
  return rowsOf(text).map(([name = '', , gid, members = '']) => ({
    name,
    gid: Number(gid),
    members: members.split(',').filter(member => member !== ''),
  }));
}

function accountsIn(text: string): Account[] {
  return rowsOf(text).map(([login = '', , uid, gid, fullName = '', home = '', shell = '']) => ({
    login,
    uid: Number(uid),
    gid: Number(gid),
    fullName,
    home,
    shell,
  }));
}
