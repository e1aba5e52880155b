// How the host was: each figure's mean, lowest and highest value in spans of ten seconds, five minutes and an hour; see overview/store.ts.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('host_history', table => {
    table.integer('step').notNullable();
    table.bigInteger('at').notNullable();
    table.string('figure', 128).notNullable();
    table.double('mean').notNullable();
    table.double('low').notNullable();
    table.double('high').notNullable();
    table.integer('n').notNullable();
    // In this order, so that a range is read, and what is too old is found, without another index.
    table.primary(['step', 'at', 'figure']);
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('host_history');
}
