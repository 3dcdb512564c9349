import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0005_alerts";

const REVISION = "alerts_revision";

/** What is wrong and who was told of it; and the notices that are on their way. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("alerts", (table) => {
    table.text("key").primary();
    table.text("since").notNullable();
    table.text("document").notNullable();
  });
  await knex.schema.createTable("alert_notices", (table) => {
    table.increments("sequence");
    table.text("webhook").notNullable();
    table.text("document").notNullable();
    table.text("at").notNullable().index("alert_notices_at");
    table.integer("attempts").notNullable();
    table.text("next_at").notNullable();
    table.index(["webhook", "sequence"], "alert_notices_order");
  });
  await knex("counters").insert({ name: REVISION, value: 0 });
}

/** Takes them away again, with everything in them. */
export async function down(knex: Knex): Promise<void> {
  await knex("counters").where({ name: REVISION }).delete();
  await knex.schema.dropTable("alert_notices");
  await knex.schema.dropTable("alerts");
}
