// A change that runs: who holds it, what its steps print, what waits for approval, and which subject only one change at a time may touch.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.schema.alterTable('changes', table => {
    // The process that runs it, and until when it surely does; what nobody holds any more is settled by whoever finds it.
    table.string('owner', 32);
    table.bigInteger('lease_until');
    // The newest entry of the audit log when it began: what it did stands behind that.
    table.bigInteger('audit_from');
    table.boolean('cancel_asked').notNullable().defaultTo(false);
    table.bigInteger('settled_at');
    // What is true of the host once it is done, and what an undo later expects.
    table.text('leaves');
  });
  await db.schema.alterTable('change_steps', table => {
    table.text('output', 'longtext');
    // How much it printed in all, in UTF-16 units: `output` is the end of that.
    table.bigInteger('printed').notNullable().defaultTo(0);
    table.bigInteger('approval');
  });
  await db.schema.createTable('change_subjects', table => {
    table.string('subject', 128).primary();
    table.string('change_id', 32).notNullable().references('id').inTable('changes').onDelete('CASCADE').index();
  });
}

export async function down(db: Knex): Promise<void> {
  await db.schema.dropTable('change_subjects');
  await db.schema.alterTable('change_steps', table => table.dropColumns('output', 'printed', 'approval'));
  await db.schema.alterTable('changes', table =>
    table.dropColumns('owner', 'lease_until', 'audit_from', 'cancel_asked', 'settled_at', 'leaves'),
  );
}
