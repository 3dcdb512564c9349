import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0002_ledger";

/** What the bridge did and means to do: links, leases, runs and their journal, wake-ups, failures. */
export async function up(knex: Knex): Promise<void> {
  await createOwnership(knex);
  await createRuns(knex);
  await createWakes(knex);
}

/** Takes the tables away again, with everything in them. */
export async function down(knex: Knex): Promise<void> {
  for (const table of ["failures", "wakes", "counters", "journal", "runs", "observed_counts", "leases", "links"]) {
    await knex.schema.dropTable(table);
  }
}

async function createOwnership(knex: Knex): Promise<void> {
  await knex.schema.createTable("links", (table) => {
    table.text("user_id").primary().references("id").inTable("users");
    table.text("account_id").notNullable().unique();
    table.text("origin").notNullable();
    table.text("linked_at").notNullable();
    table.text("applied");
    table.text("offboarded_at");
  });
  await knex.schema.createTable("leases", (table) => {
    table.text("product").primary();
    // Null when nobody holds it; the row stays, so that the epoch never starts again.
    table.text("holder");
    table.integer("epoch").notNullable();
    table.text("expires_at");
  });
  await knex.schema.createTable("observed_counts", (table) => {
    table.text("product").primary();
    table.integer("accounts").notNullable();
    table.integer("unlinked_active").notNullable();
    table.text("at").notNullable();
  });
}

async function createRuns(knex: Knex): Promise<void> {
  await knex.schema.createTable("runs", (table) => {
    table.increments("sequence");
    table.text("id").notNullable().unique();
    table.text("lane").notNullable();
    table.text("trigger").notNullable();
    table.integer("epoch").notNullable();
    table.text("started_at").notNullable();
    table.text("finished_at");
    table.text("outcome");
    table.text("digest");
    table.text("report").notNullable();
  });
  await knex.raw("create index runs_unfinished on runs (sequence) where finished_at is null");

  await knex.schema.createTable("journal", (table) => {
    table.increments("sequence");
    table.text("id").notNullable().unique();
    table.text("run").notNullable();
    table.text("user_id");
    table.text("change_key").notNullable();
    table.text("change").notNullable();
    table.text("limit_name");
    table.text("state").notNullable();
    table.text("intended_at").notNullable();
    table.text("settled_at");
    table.text("error");
    // When the change counts as made, for the limits; null when it certainly was not.
    table.text("spent_at");
    table.index(["user_id"], "journal_of_user");
    table.index(["run", "state"], "journal_of_run");
  });
  await knex.raw(
    "create index journal_spent on journal (spent_at) where spent_at is not null and limit_name is not null",
  );
}

async function createWakes(knex: Knex): Promise<void> {
  await knex.schema.createTable("counters", (table) => {
    table.text("name").primary();
    table.integer("value").notNullable();
  });
  await knex("counters").insert([
    { name: "wake", value: 0 },
    { name: "held_generation", value: 0 },
    { name: "probe", value: 0 },
  ]);
  await knex.schema.createTable("wakes", (table) => {
    table.text("user_id").primary();
    table.integer("urgency").notNullable();
    table.text("since").notNullable();
    table.integer("sequence").notNullable().unique();
    table.index(["urgency", "since", "sequence"], "wakes_order");
  });
  await knex.schema.createTable("failures", (table) => {
    table.text("user_id").primary();
    table.integer("attempts").notNullable();
    table.text("next_at").notNullable();
    table.text("code").notNullable();
    table.text("message").notNullable();
  });
}
