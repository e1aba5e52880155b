// Failed tries, invitations to set a password, and when an account last signed in.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  // `id` is the sha256 of what is counted together: what was typed as a login may be a password.
  await db.schema.createTable('tries', table => {
    table.string('id', 64).primary();
    table.integer('failures').notNullable();
    table.bigInteger('last_at').notNullable().index();
    table.bigInteger('free_at').notNullable();
  });
  await db.schema.createTable('invitations', table => {
    table.string('account_id', 32).primary().references('id').inTable('accounts').onDelete('CASCADE');
    table.string('token_hash', 64).notNullable().unique();
    table.string('kind', 12).notNullable();
    table.bigInteger('expires_at').notNullable();
  });
  await db.schema.alterTable('accounts', table => void table.bigInteger('signed_in_at'));
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['invitations', 'tries']) await db.schema.dropTable(table);
  await db.schema.alterTable('accounts', table => void table.dropColumn('signed_in_at'));
}
