// For tests: an empty database of its own. In the suite's run on MariaDB it is one there, otherwise one in SQLite's memory.
import knex, { type Knex } from 'knex';
import { afterEach, beforeEach } from 'vitest';
import { openDatabase } from './database.ts';

/** mysql://user@host/any, whose user may make databases; set for the run on MariaDB only. */
const server = process.env.GATEHOUSE_TEST_ON_MARIADB;

/** To make the tables takes MariaDB longer than most tests take: what a test has left is emptied for the next one. */
const left: Knex[] = [];
/** By the test that runs; what was opened outside of one is kept. */
let opened: Knex[] | undefined;

beforeEach(() => {
  opened = [];
});
afterEach(async () => {
  for (const db of opened ?? []) await db.destroy();
  if (server) left.push(...(opened ?? []));
  opened = undefined;
});

export async function emptyDatabase(): Promise<Knex> {
  const db = server ? await onMariaDb(server) : await openDatabase('sqlite::memory:');
  opened?.push(db);
  return db;
}

async function onMariaDb(url: string): Promise<Knex> {
  const again = left.pop();
  again?.initialize();
  const db = again ?? (await openDatabase(await taken(url)));
  await db.transaction(async trx => {
    const [tables] = await trx.raw('SHOW TABLES');
    const names = (tables as object[]).flatMap(row => Object.values(row) as string[]);
    await trx.raw('SET FOREIGN_KEY_CHECKS = 0');
    for (const name of names) if (!name.startsWith('knex_')) await trx(name).delete();
    await trx.raw('SET FOREIGN_KEY_CHECKS = 1');
  });
  return db;
}

/** The connection of this process that holds a lock for each database it took, which is free again when the process is gone. */
let locks: Knex | undefined;
let last = 0;

/** The next database that no other process holds. */
async function taken(url: string): Promise<string> {
  const { hostname, port, username, password } = new URL(url);
  const at = { host: hostname, port: Number(port), user: username, password };
  locks ??= knex({ client: 'mysql2', connection: at, pool: { min: 1, max: 1 } });
  for (;;) {
    const name = `gatehouse_${++last}`;
    const [[answer]] = await locks.raw('SELECT GET_LOCK(?, 0) AS got', [name]);
    if (answer.got !== 1) continue;
    await locks.raw('CREATE DATABASE IF NOT EXISTS ?? CHARACTER SET utf8mb4', [name]);
    return Object.assign(new URL(url), { pathname: `/${name}` }).href;
  }
}
