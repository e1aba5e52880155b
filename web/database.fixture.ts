// For tests: an empty database of its own. In the suite's run on MariaDB it is one there, otherwise one in SQLite's memory.
import { randomBytes } from 'node:crypto';
import knex, { type Knex } from 'knex';
import { openDatabase } from './database.ts';

/** mysql://user@host/any, whose user may make databases; set for the run on MariaDB only. */
const server = process.env.GATEHOUSE_TEST_ON_MARIADB;

export async function emptyDatabase(): Promise<Knex> {
  return openDatabase(server ? await made(server) : 'sqlite::memory:');
}

async function made(url: string): Promise<string> {
  const name = `gatehouse_${randomBytes(6).toString('hex')}`;
  const { hostname, port, username, password } = new URL(url);
  const at = { host: hostname, port: Number(port), user: username, password };
  const admin = knex({ client: 'mysql2', connection: at, pool: { min: 0, max: 1 } });
  await admin.raw('CREATE DATABASE ?? CHARACTER SET utf8mb4', [name]);
  await admin.destroy();
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}
