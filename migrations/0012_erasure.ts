import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0012_erasure";

const SCRUB = "scrub_due";

/** What lets a person's data be erased, and old rows be deleted, while the audit log still verifies. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable("users", (table) => {
    // Set on a tombstone of which nothing but ids and times is kept.
    table.text("forgotten_at");
  });
  await knex.schema.alterTable("audit", (table) => {
    // 1: the hash covers the detail itself. 2: it covers the detail's digest, so that the detail can go.
    table.integer("hashing").notNullable().defaultTo(1);
    // SHA-256 of the detail that was erased from this row.
    table.text("erased");
  });
  // Where the chain begins since its first rows were deleted: the last of these. One row at most.
  await knex.schema.createTable("audit_start", (table) => {
    table.integer("id").primary();
    table.integer("sequence").notNullable();
    table.text("hash").notNullable();
    table.text("at").notNullable();
  });
  // Above 0: erased text may still be in free pages of the file.
  await knex("counters").insert({ name: SCRUB, value: 0 });
}

/** Takes the table and the columns away again. */
export async function down(knex: Knex): Promise<void> {
  await knex("counters").where({ name: SCRUB }).delete();
  await knex.schema.dropTable("audit_start");
  for (const [table, column] of [
    ["audit", "erased"],
    ["audit", "hashing"],
    ["users", "forgotten_at"],
  ] as const) {
    await knex.schema.alterTable(table, (altered) => void altered.dropColumn(column));
  }
}
