import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0011_restorations";

/** When this database was put back from a backup, and when somebody let the bridge act on it again. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("restorations", (table) => {
    table.increments("sequence");
    table.text("restored_at").notNullable();
    // The last thing that the backup knows of; null where it knows of nothing.
    table.text("known_until");
    table.text("resumed_at");
  });
}

/** Takes the table away again, with everything in it. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("restorations");
}
