import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0009_permissions";

/** Permissions end on the bridge's own time line, too, and an approval is of the very plan that was seen. */
export async function up(knex: Knex): Promise<void> {
  for (const table of ["approvals", "releases"]) {
    await knex.schema.alterTable(table, (altered) => {
      // Whatever was given before this time line was kept has ended.
      altered.integer("expires_elapsed_ms").notNullable().defaultTo(0);
    });
  }
  await knex.schema.alterTable("approvals", (table) => {
    table.integer("plan").references("sequence").inTable("remembered_plans").onDelete("SET NULL");
  });
}

/** Takes the columns away again. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("approvals", (table) => void table.dropColumn("plan"));
  for (const table of ["approvals", "releases"]) {
    await knex.schema.alterTable(table, (altered) => void altered.dropColumn("expires_elapsed_ms"));
  }
}
