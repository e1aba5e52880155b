// The number of the user that an account stands for, as it was when they were bound: a login may be given again, a number never is.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('accounts', table => {
    table.integer('user_uid');
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.alterTable('accounts', table => {
    table.dropColumn('user_uid');
  });
}
