import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { insertAccount } from './accounts/store.ts';
import { isDuplicate, openDatabase } from './database.ts';
import { migrations } from './migrations/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gatehouse-database-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** An empty database of its own, such as mysql://root@localhost/gatehouse_test; its tables are dropped and made. */
const mariadb = process.env.GATEHOUSE_TEST_MARIADB;
const kinds = [
  { kind: 'SQLite', url: `sqlite:${join(folder, 'data', 'gatehouse.db')}` },
  ...(mariadb ? [{ kind: 'MariaDB', url: mariadb }] : []),
];
const account = {
  login: 'alex',
  name: 'Aléx 🙂',
  role: 'administrator',
  language: null,
  user: null,
  password_hash: 'x',
} as const;

describe.each(kinds)('the database on $kind', ({ url }) => {
  it('is brought up to date, back to nothing, and up again', async () => {
    const db = await openDatabase(url);
    expect(await db.migrate.list()).toMatchObject([{ length: migrations.length }, { length: 0 }]);
    await db.migrate.rollback(undefined, true);
    expect(await db.schema.hasTable('accounts')).toBe(false);
    await db.migrate.latest();
    expect(await db.schema.hasTable('accounts')).toBe(true);
    await db.destroy();
  });

  it('keeps times as whole numbers and any letters, and knows a duplicate', async () => {
    const db = await openDatabase(url);
    const row = { ...account, id: 'a1', created_at: 1_795_000_000_123 };
    await insertAccount(db, row);
    expect(await db('accounts').first()).toMatchObject(row);
    const again = await insertAccount(db, { ...row, id: 'a2', login: 'alex' }).catch((error: unknown) => error);
    expect(isDuplicate(again)).toBe(true);
    expect(isDuplicate(await db('nosuch').catch((error: unknown) => error))).toBe(false);
    await db('accounts').delete();
    await db.destroy();
  });

  it('drops the sessions of an account with it', async () => {
    const db = await openDatabase(url);
    await insertAccount(db, { ...account, id: 'a3', created_at: 1 });
    const session = { id_hash: 'h', account_id: 'a3', data: '{}', created_at: 1, seen_at: 1, address: '', agent: '' };
    await db('sessions').insert(session);
    await db('accounts').delete();
    expect(await db('sessions')).toEqual([]);
    await db.destroy();
  });
});

it('keeps the file of SQLite to its owner', () => {
  expect(statSync(join(folder, 'data', 'gatehouse.db')).mode & 0o777).toBe(0o600);
});

it('says so where the database cannot be opened', async () => {
  await expect(openDatabase('mysql://nobody:x@127.0.0.1:9/none')).rejects.toThrow();
});
