// What an account proves itself with beside its password: an authenticator app, passkeys, recovery codes; and the challenges that passkeys have still to answer.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  const ofAccount = (table: Knex.CreateTableBuilder) =>
    table.string('account_id', 32).notNullable().references('id').inTable('accounts').onDelete('CASCADE');
  await db.schema.createTable('authenticators', table => {
    ofAccount(table).primary();
    table.string('sealed', 255).notNullable();
    // The newest 30 seconds whose code was used: none is taken twice.
    table.bigInteger('last_step').notNullable();
    table.bigInteger('made_at').notNullable();
  });
  await db.schema.createTable('passkeys', table => {
    // The sha256 of the credential, which may be too long for a key.
    table.string('id', 64).primary();
    ofAccount(table).index();
    table.string('credential', 1400).notNullable();
    table.text('public_key').notNullable();
    table.bigInteger('counter').notNullable();
    table.string('transports', 255).notNullable();
    table.string('name', 100).notNullable();
    table.bigInteger('made_at').notNullable();
    table.bigInteger('used_at');
  });
  await db.schema.createTable('recovery_codes', table => {
    ofAccount(table);
    table.string('code_hash', 64).notNullable();
    table.primary(['account_id', 'code_hash']);
  });
  await db.schema.createTable('challenges', table => {
    table.string('id', 64).primary();
    table.bigInteger('expires_at').notNullable().index();
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['challenges', 'recovery_codes', 'passkeys', 'authenticators']) await db.schema.dropTable(table);
}
