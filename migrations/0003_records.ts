import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0003_records";

/** What people decide and look at: plans to approve, what is held, tokens, mapping versions, proofs, the audit chain. */
export async function up(knex: Knex): Promise<void> {
  await createApprovals(knex);
  await createHeld(knex);
  await createRecords(knex);
}

/** Takes the tables away again, with everything in them. */
export async function down(knex: Knex): Promise<void> {
  const tables = ["audit", "proofs", "mapping_versions", "tokens", "waiting", "held", "releases", "approvals"];
  for (const table of [...tables, "remembered_keys", "remembered_plans"]) {
    await knex.schema.dropTable(table);
  }
}

async function createApprovals(knex: Knex): Promise<void> {
  await knex.schema.createTable("remembered_plans", (table) => {
    table.increments("sequence");
    table.text("digest").notNullable();
    table.text("at").notNullable();
    table.integer("held").notNullable();
    // False while its keys are still being written: such a plan is not found.
    table.boolean("complete").notNullable();
    table.index(["digest"], "remembered_plans_digest");
  });
  await knex.schema.createTable("remembered_keys", (table) => {
    table.integer("plan").notNullable().references("sequence").inTable("remembered_plans").onDelete("CASCADE");
    table.text("change_key").notNullable();
    table.primary(["plan", "change_key"]);
  });
  await knex.schema.createTable("approvals", (table) => {
    table.increments("sequence");
    table.text("digest").notNullable();
    table.text("approved_at").notNullable();
    table.text("expires_at").notNullable();
    table.text("used_at");
    table.text("author").notNullable();
    table.text("reason").notNullable();
  });
  await knex.raw("create index approvals_open on approvals (expires_at) where used_at is null");
  await knex.schema.createTable("releases", (table) => {
    table.increments("sequence");
    table.text("user_id").notNullable();
    table.text("released_at").notNullable();
    table.text("expires_at").notNullable();
    table.text("author").notNullable();
    table.text("reason").notNullable();
    table.index(["expires_at"], "releases_open");
  });
}

async function createHeld(knex: Knex): Promise<void> {
  await knex.schema.createTable("held", (table) => {
    table.increments("sequence");
    // A new listing is written beside the one that is shown, which it replaces when it is whole.
    table.integer("generation").notNullable();
    table.text("user_id").notNullable();
    table.text("label").notNullable();
    table.text("change_key").notNullable();
    table.text("hold").notNullable();
    table.text("detail").notNullable();
    table.index(["generation", "user_id"], "held_of_user");
  });
  await knex.schema.createTable("waiting", (table) => {
    table.increments("sequence");
    table.text("user_id").notNullable();
    table.text("label").notNullable();
    table.text("seat").notNullable();
    table.integer("place").notNullable();
    table.text("reason").notNullable();
  });
}

async function createRecords(knex: Knex): Promise<void> {
  await knex.schema.createTable("tokens", (table) => {
    table.increments("sequence");
    table.text("id").notNullable().unique();
    table.text("scope").notNullable();
    table.text("directory");
    table.text("hash").notNullable();
    table.text("created_at").notNullable();
    table.text("expires_at");
    table.text("revoked_at");
    table.text("last_used_at");
  });
  await knex.schema.createTable("mapping_versions", (table) => {
    table.integer("version").primary();
    table.text("document").notNullable();
    table.text("author").notNullable();
    table.text("reason").notNullable();
    table.text("saved_at").notNullable();
  });
  await knex.schema.createTable("proofs", (table) => {
    table.increments("sequence");
    table.text("user_id").notNullable();
    table.text("at").notNullable();
    table.text("document").notNullable();
    table.index(["user_id"], "proofs_of_user");
  });
  // Each row's hash covers the row before it: a row that is changed, taken out or moved breaks the chain.
  await knex.schema.createTable("audit", (table) => {
    table.integer("sequence").primary();
    table.text("at").notNullable();
    table.text("actor").notNullable();
    table.text("action").notNullable();
    table.text("subject").notNullable();
    table.text("detail").notNullable();
    table.text("hash").notNullable();
  });
}
