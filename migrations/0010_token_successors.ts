import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0010_token_successors";

/** Which token took the place of a token that was rotated. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("tokens", (table) => {
    table.text("replaced_by");
  });
}

/** Takes the column away again. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("tokens", (table) => void table.dropColumn("replaced_by"));
}
