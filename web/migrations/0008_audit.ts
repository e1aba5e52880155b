// The host user that an entry is about, and what each check of the chain came to.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('audit_entries', table => {
    // null where it was not asked yet, '' where the entry is about no user.
    table.string('user', 64);
    table.index(['user', 'log', 'n']);
  });
  await db.schema.createTable('audit_checks', table => {
    table.increments('id');
    table.integer('log').notNullable();
    table.string('account', 128).notNullable();
    table.bigInteger('started_at').notNullable();
    table.bigInteger('ended_at').notNullable();
    table.bigInteger('entries').notNullable();
    table.string('newest', 64).notNullable();
    table.string('copy', 12).notNullable();
    table.bigInteger('copy_n');
    table.string('host', 12).notNullable();
    table.bigInteger('host_n');
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('audit_checks');
  await db.schema.alterTable('audit_entries', table => {
    table.dropIndex(['user', 'log', 'n']);
    table.dropColumn('user');
  });
}
