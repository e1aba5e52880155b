// The simulated machine's files: a folder that looks like a Debian, and the account tables in it, each replaced whole.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, posix } from 'node:path';

const columns = {
  passwd: ['login', 'password', 'uid', 'gid', 'gecos', 'home', 'shell'],
  shadow: ['login', 'password', 'changed', 'min', 'max', 'warn', 'inactive', 'expires', 'reserved'],
  group: ['name', 'password', 'gid', 'members'],
  gshadow: ['name', 'password', 'administrators', 'members'],
  subuid: ['login', 'first', 'count'],
  subgid: ['login', 'first', 'count'],
} as const;
export type Table = keyof typeof columns;
export type Row<T extends Table> = Record<(typeof columns)[T][number], string>;

export class Tree {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** Where a path of the simulated machine lies. `..` stops at its root, as in a chroot. */
  path(path: string): string {
    return join(this.root, posix.join('/', path));
  }

  has(path: string): boolean {
    return existsSync(this.path(path));
  }

  isExecutable(path: string): boolean {
    const found = statSync(this.path(path), { throwIfNoEntry: false });
    return found?.isFile() === true && (found.mode & 0o111) !== 0;
  }

  read(path: string): string {
    return readFileSync(this.path(path), 'utf8');
  }

  list(folder: string): string[] {
    return this.has(folder) ? readdirSync(this.path(folder)).sort() : [];
  }

  makeFolder(path: string, mode: number): void {
    mkdirSync(this.path(path), { recursive: true });
    chmodSync(this.path(path), mode);
  }

  /** Replaces the file in one step, so that a kill leaves the old or the new one. It keeps its mode. */
  write(path: string, text: string, mode?: number): void {
    const file = this.path(path);
    const staged = `${file}+`;
    const finalMode = mode ?? (existsSync(file) ? statSync(file).mode & 0o7777 : 0o644);
    writeFileSync(staged, text);
    chmodSync(staged, finalMode);
    renameSync(staged, file);
  }

  rows<T extends Table>(table: T): Row<T>[] {
    const lines = this.read(`/etc/${table}`).split('\n');
    return lines
      .filter(line => line !== '')
      .map(line => {
        const fields = line.split(':');
        return Object.fromEntries(columns[table].map((column, i) => [column, fields[i] ?? ''])) as Row<T>;
      });
  }

  save<T extends Table>(table: T, rows: readonly Row<T>[]): void {
    this.write(`/etc/${table}`, rows.map(row => lineOf(table, row) + '\n').join(''));
  }

  add<T extends Table>(table: T, row: Row<T>): void {
    this.save(table, [...this.rows(table), row]);
  }

  keep<T extends Table>(table: T, stays: (row: Row<T>) => boolean): void {
    this.save(table, this.rows(table).filter(stays));
  }

  user(login: string): Row<'passwd'> | undefined {
    return this.rows('passwd').find(row => row.login === login);
  }

  group(name: string): Row<'group'> | undefined {
    return this.rows('group').find(row => row.name === name);
  }

  join(group: string, login: string): void {
    this.#members(group, members => [...new Set([...members, login])]);
  }

  leave(group: string, login: string): void {
    this.#members(group, members => members.filter(member => member !== login));
  }

  #members(name: string, change: (members: string[]) => string[]): void {
    for (const table of ['group', 'gshadow'] as const) {
      const changed = this.rows(table).map(row =>
        row.name === name ? { ...row, members: change(membersOf(row)).join(',') } : row,
      );
      this.save(table, changed as Row<typeof table>[]);
    }
  }

  /** The primary group first, then the others in the order of /etc/group, as getgrouplist gives them. */
  gidsOf(user: Row<'passwd'>): string[] {
    const others = this.rows('group').filter(group => membersOf(group).includes(user.login));
    return [...new Set([user.gid, ...others.map(group => group.gid)])];
  }
}

export function lineOf<T extends Table>(table: T, row: Row<T>): string {
  return columns[table].map(column => row[column as keyof Row<T>]).join(':');
}

export function membersOf(group: { members: string }): string[] {
  return group.members.split(',').filter(member => member !== '');
}

/** Days since 1970, as shadow(5) counts. */
export function today(): string {
  return String(Math.floor(Date.now() / 86_400_000));
}
