// Opens the database that GATEHOUSE_DATABASE names, brought up to date. Times are whole milliseconds, in SQLite and MariaDB alike.
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import knex, { type Knex } from 'knex';
import { migrations } from './migrations/index.ts';

/** `sqlite::memory:` opens one that is gone with its handle. */
export async function openDatabase(url: string): Promise<Knex> {
  const config = url.startsWith('sqlite:') ? sqlite(url.slice('sqlite:'.length)) : mariadb(url);
  const db = knex({ ...config, log: silent });
  try {
    await db.migrate.latest();
    return db;
  } catch (cause) {
    await db.destroy();
    throw cause;
  }
}

/** Whether an error says that a row with this key is there already. */
export function isDuplicate(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (/^SQLITE_CONSTRAINT_(PRIMARYKEY|UNIQUE)$/.test(code) || code === 'ER_DUP_ENTRY');
}

/** What goes wrong is thrown, and said by who catches it. */
const silent = { warn() {}, error() {}, deprecate() {}, debug() {} };

/** A static list: no folder is searched, so nothing that lies about in it can run. */
const migrationSource: Knex.MigrationSource<(typeof migrations)[number]> = {
  getMigrations: async () => [...migrations],
  getMigrationName: migration => migration.name,
  getMigration: async migration => migration,
};

function sqlite(path: string): Knex.Config {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  }
  return {
    client: 'better-sqlite3',
    connection: { filename: path },
    useNullAsDefault: true,
    migrations: { migrationSource },
    pool: {
      min: 1,
      max: 1,
      afterCreate(raw: { pragma(text: string): unknown }, done: () => void) {
        for (const pragma of [
          'journal_mode = WAL',
          'synchronous = NORMAL',
          'foreign_keys = ON',
          'busy_timeout = 5000',
        ]) {
          raw.pragma(pragma);
        }
        done();
      },
    },
  };
}

function mariadb(url: string): Knex.Config {
  const at = new URL(url);
  return {
    client: 'mysql2',
    connection: {
      host: at.hostname.replace(/^\[|\]$/g, ''),
      port: Number(at.port || 3306),
      user: decodeURIComponent(at.username),
      password: decodeURIComponent(at.password),
      database: decodeURIComponent(at.pathname.slice(1)),
      charset: 'utf8mb4',
    },
    migrations: { migrationSource },
    pool: { min: 0, max: 8 },
    acquireConnectionTimeout: 10_000,
  };
}
