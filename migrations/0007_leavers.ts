import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0007_leavers";

/** Whose account is in which group of the product, for whoever takes over bookings; and who was woken when a grace was over. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("link_groups", (table) => {
    table.text("group_name").notNullable();
    table.text("account_id").notNullable().index("link_groups_account");
    table.primary(["group_name", "account_id"]);
  });
  await knex.schema.alterTable("deferred", (table) => {
    // Kept until the person is proved shut or returns: it says that their grace was given.
    table.boolean("woken").notNullable().defaultTo(false);
  });
}

/** Takes the table and the column away again, with everything in them. */
export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable("deferred", (table) => void table.dropColumn("woken"));
  await knex.schema.dropTable("link_groups");
}
