// What an account chose and whom it stands for: its language (null: as the browser asks) and, for a member, the user of the host.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('accounts', table => {
    table.string('language', 8);
    table.string('user', 32).unique();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('accounts', table => {
    table.dropUnique(['user']);
    table.dropColumns('language', 'user');
  });
}
