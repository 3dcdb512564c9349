import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0004_engine";

/** What the engine remembers beyond one run: entitlements last given, repairs, its own time line, deferred people, the tenant. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("links", (table) => {
    table.text("entitlements");
    table.text("repairs");
  });
  await knex.schema.createTable("deferred", (table) => {
    table.text("user_id").primary();
    table.integer("urgency").notNullable();
    table.text("due_at").notNullable().index("deferred_due");
  });
  await knex.schema.alterTable("observed_counts", (table) => {
    table.text("tenant");
  });
  await createTimeLine(knex);
}

/** Takes the columns and the table away again, with everything in them. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.dropTable("time_anchor");
  await knex.schema.dropTable("deferred");
  await knex.raw("drop index journal_spent_elapsed");
  for (const [table, column] of [
    ["journal", "spent_elapsed_ms"],
    ["journal", "elapsed_ms"],
    ["observed_counts", "tenant"],
    ["links", "repairs"],
    ["links", "entitlements"],
  ] as const) {
    await knex.schema.alterTable(table, (altered) => void altered.dropColumn(column));
  }
}

/** Limits are counted over the bridge's own time, which no change of the wall clock moves. */
async function createTimeLine(knex: Knex): Promise<void> {
  await knex.schema.createTable("time_anchor", (table) => {
    table.integer("id").primary();
    table.integer("elapsed_ms").notNullable();
    table.text("wall").notNullable();
    table.double("uptime_ms").notNullable();
    table.text("boot");
  });
  await knex.schema.alterTable("journal", (table) => {
    table.integer("elapsed_ms").notNullable().defaultTo(0);
    // Like `spent_at`, on the bridge's own time line; null when the change certainly was not made.
    table.integer("spent_elapsed_ms");
  });
  await knex("journal").whereNotNull("spent_at").update({ spent_elapsed_ms: 0 });
  await knex.raw(
    "create index journal_spent_elapsed on journal (spent_elapsed_ms) where spent_elapsed_ms is not null and limit_name is not null",
  );
  await knex.raw("drop index journal_spent");
}
