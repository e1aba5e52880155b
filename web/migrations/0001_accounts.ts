// Who may sign in to the dashboard, who is signed in, and whether it was set up.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('accounts', table => {
    table.string('id', 32).primary();
    table.string('login', 64).notNullable().unique();
    table.string('name', 128).notNullable();
    table.string('role', 16).notNullable();
    table.string('password_hash', 255).notNullable();
    table.bigInteger('created_at').notNullable();
  });
  await db.schema.createTable('sessions', table => {
    table.string('id_hash', 64).primary();
    table.string('account_id', 32).notNullable().references('id').inTable('accounts').onDelete('CASCADE').index();
    table.text('data').notNullable();
    table.bigInteger('created_at').notNullable();
    table.bigInteger('seen_at').notNullable().index();
    table.string('address', 64).notNullable();
    table.string('agent', 255).notNullable();
  });
  // One row at most: its key is what makes the second of two setups fail.
  await db.schema.createTable('setup', table => {
    table.string('id', 16).primary();
    table.string('account_id', 32).notNullable();
    table.bigInteger('done_at').notNullable();
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['setup', 'sessions', 'accounts']) await db.schema.dropTable(table);
}
