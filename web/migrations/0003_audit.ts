// The mirror of the agent's audit log, for searching. `log` counts the logs that were seen: another one than before begins a new number.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.createTable('audit_logs', table => {
    table.integer('log').primary();
    table.bigInteger('last_n').notNullable();
    table.string('last_hash', 64).notNullable();
    table.bigInteger('seen_at').notNullable();
    table.bigInteger('broken_at_n');
    table.string('broken_why', 255);
  });
  // A row a command, its outcome folded in, kept narrow so that a million of them are searched in a moment.
  await db.schema.createTable('audit_entries', table => {
    table.integer('log').notNullable();
    table.bigInteger('n').notNullable();
    table.bigInteger('at').notNullable();
    table.string('kind', 24).notNullable();
    table.string('outcome', 12).notNullable();
    table.string('rule', 64);
    table.string('account', 128);
    table.string('ip', 128);
    table.string('change_id', 128);
    table.string('line', 1024).notNullable();
    table.string('also', 512).notNullable();
    table.integer('code');
    table.integer('ms');
    table.string('problem', 32);
    table.bigInteger('ended_n');
    table.primary(['log', 'n']);
    table.index(['log', 'outcome', 'n']);
    table.index(['log', 'rule', 'n']);
    table.index(['log', 'account', 'n']);
    table.index(['log', 'change_id', 'n']);
    table.index(['log', 'at', 'n']);
  });
  await db.schema.createTable('audit_raw', table => {
    table.integer('log').notNullable();
    table.bigInteger('n').notNullable();
    table.text('raw', 'longtext').notNullable();
    table.primary(['log', 'n']);
  });
  // What the filters offer, kept beside so that no page has to count.
  await db.schema.createTable('audit_words', table => {
    table.string('kind', 12).notNullable();
    table.string('word', 128).notNullable();
    table.primary(['kind', 'word']);
  });
}

export async function down(db: Knex): Promise<void> {
  for (const table of ['audit_words', 'audit_raw', 'audit_entries', 'audit_logs']) await db.schema.dropTable(table);
}
