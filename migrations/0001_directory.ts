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
    // The name to show, as it is searched; null for a user without one.
    table.text("display_name_key");
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
  await knex.raw(
    "create index users_live_display_name on users (directory, display_name_key) where deleted_at is null",
  );
  // IdPs ask what has changed since; new times come at the end of it, where an index grows cheaply.
  await knex.raw("create index users_live_modified on users (directory, last_modified) where deleted_at is null");
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
    // The order of creation, by which lists are paged.
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
    table.index(["directory", "key"], "groups_order");
  });
  await knex.raw(
    "create unique index groups_external_id on groups (directory, external_id) where external_id is not null",
  );
  // The last one, as that of userName: of two clashes the name is the one to tell of.
  await knex.raw("create unique index groups_display_name on groups (directory, display_name_key)");
  // A member value need not be a user that is here: providers push groups before their members.
  await knex.schema.createTable("memberships", (table) => {
    // Grows with each member: the order in which they came.
    table.increments("key");
    table.integer("group_key").notNullable().references("key").inTable("groups").onDelete("CASCADE");
    table.text("member_value").notNullable();
    table.text("type");
    table.text("display");
    table.unique(["group_key", "member_value"]);
    table.index(["member_value"], "memberships_of_member");
  });
}
