// What was planned, run and put back. A planned change is sealed until it runs; afterwards only what may be shown is kept.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('changes', table => {
    table.string('id', 32).primary();
    table.string('account_id', 32).notNullable();
    table.string('account', 64).notNullable();
    table.string('title', 255).notNullable();
    table.string('state', 16).notNullable();
    table.text('touches').notNullable();
    table.string('again', 2000).notNullable();
    table.string('next', 255).notNullable();
    table.text('sealed', 'longtext');
    table.text('inverse', 'longtext');
    table.string('takes_back', 32).index();
    table.bigInteger('planned_at').notNullable();
    table.bigInteger('expires_at').notNullable();
    table.bigInteger('started_at').index();
    table.bigInteger('ended_at');
    table.index(['state', 'expires_at']);
  });
  await db.schema.createTable('change_steps', table => {
    table.string('change_id', 32).notNullable().references('id').inTable('changes').onDelete('CASCADE');
    table.integer('position').notNullable();
    // Of a step that puts back: the position of the step it belongs to.
    table.integer('puts_back');
    table.boolean('relies').notNullable();
    table.string('says', 255).notNullable();
    table.text('argv').notNullable();
    table.string('state', 16).notNullable();
    table.string('rule', 64);
    table.integer('code');
    table.integer('ms');
    table.bigInteger('entry');
    table.string('problem', 32);
    table.text('message');
    table.primary(['change_id', 'position']);
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['change_steps', 'changes']) await db.schema.dropTable(table);
}
