import type { Knex } from "knex";

/** The name under which this migration is recorded; never changes. */
export const name = "0001_directory";

/** What the identity providers pushed: directories, users with their search keys, groups with their members. */
export async function up(knex: Knex): Promise<void> {
  await knex.schema.createTable("directories", (table) => {
    table.text("id").primary();
    table.integer("revision").notNullable();
    // How many users were not deleted: counting them for each page of a list would cost more than the page.
    table.integer("live_users").notNullable();
    table.text("last_push_at").notNullable();
  });
  await createUsers(knex);
  await createGroups(knex);
}

/** Takes the tables away again, with everything in them. */
export async function down(knex: Knex): Promise<void> {
  for (const table of ["memberships", "groups", "user_emails", "users", "directories"]) {
    await knex.schema.dropTable(table);
  }
}

async function createUsers(knex: Knex): Promise<void> {
  await knex.schema.createTable("users", (table) => {
    // Grows with each user and never changes: the order of creation, by which lists are paged.
    table.increments("key");
    table.text("id").notNullable().unique();
    table.text("directory").notNullable();
    table.text("user_name").notNullable();
    table.text("user_name_key").notNullable();
    table.text("external_id");
    table.boolean("active").notNullable();
    // When the IdP last made the user inactive.
    table.text("left_at");
    table.text("deleted_at");
    // Set on a tombstone whose link went to a new user: nobody is to be offboarded for it any more.
    table.text("inherited_by");
    table.integer("version").notNullable();
    table.text("created").notNullable();
    table.text("last_modified").notNullable();
    table.text("resource").notNullable();
  });
  // Only the living compete for a name, so a deleted user's name is free again. The name's index comes last, since SQLite
  // looks at the newest first: of two clashes the name is the one to tell of, which an IdP then looks for.
  await knex.raw(
    "create unique index users_live_external_id on users (external_id, directory) where deleted_at is null",
  );
  await knex.raw(
    "create unique index users_live_user_name on users (user_name_key, directory) where deleted_at is null",
  );
  await knex.raw("create index users_live_order on users (directory, key) where deleted_at is null");
  await knex.raw("create index users_gone_user_name on users (user_name_key, directory) where deleted_at is not null");
  await knex.raw("create index users_gone_external_id on users (external_id, directory) where deleted_at is not null");

  await knex.schema.createTable("user_emails", (table) => {
    table.integer("user_key").notNullable().references("key").inTable("users");
    table.text("email_key").notNullable();
    table.index(["user_key"], "user_emails_of_user");
    table.index(["email_key", "user_key"], "user_emails_email");
  });
}

async function createGroups(knex: Knex): Promise<void> {
  await knex.schema.createTable("groups", (table) => {
    table.increments("key");
    table.text("id").notNullable().unique();
    table.text("directory").notNullable();
    table.text("display_name").notNullable();
    table.text("display_name_key").notNullable();
    table.text("external_id");
    table.integer("version").notNullable();
    table.text("created").notNullable();
    table.text("last_modified").notNullable();
    table.text("resource").notNullable();
    table.index(["directory", "display_name_key"], "groups_display_name");
  });
  await knex.raw(
    "create unique index groups_external_id on groups (directory, external_id) where external_id is not null",
  );
  // A member value need not be a user that is here: providers push groups before their members.
  await knex.schema.createTable("memberships", (table) => {
    table.text("group_id").notNullable().references("id").inTable("groups").onDelete("CASCADE");
    table.text("member_value").notNullable();
    table.primary(["group_id", "member_value"]);
    table.index(["member_value"], "memberships_of_member");
  });
}
