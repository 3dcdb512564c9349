import type { DirectoryId } from "../domain/directory.ts";
import { GROUP_TYPE, USER_TYPE } from "../scim/resource-types.ts";
import type { SearchColumn } from "./column-test.ts";
import { exists } from "./dialect.ts";
import type { Relation, Searchable } from "./filter-sql.ts";
import { namedUsers } from "./naming.ts";
import { sql } from "./sql.ts";

type Holds = SearchColumn["holds"];

function column(name: string, holds: Holds, nullable = false): SearchColumn {
  return { name, holds, nullable };
}

/**
 * What SQL knows of users. `directory`: the one that they are all of; null: several. `emailsIndexed`: whether the search rows
 * of e-mail addresses are in step with the users.
 */
export function searchableUsers(directory: DirectoryId | null, emailsIndexed: boolean): Searchable {
  return {
    type: USER_TYPE,
    columns: new Map([
      ["id", column("users.id", "exact")],
      ["externalId", column("users.external_id", "exact", true)],
      ["userName", column("users.user_name_key", "folded")],
      ["displayName", column("users.display_name_key", "folded", true)],
      ["active", column("users.active", "boolean")],
      ["meta.created", column("users.created", "instant")],
      ["meta.lastModified", column("users.last_modified", "instant")],
    ]),
    relations: new Map([
      ...(directory === null ? [] : ([["groups", groupsOfUser(directory)]] as const)),
      ...(emailsIndexed ? ([["emails", EMAILS]] as const) : []),
    ]),
  };
}

/** What SQL knows of groups. */
export const SEARCHABLE_GROUPS: Searchable = {
  type: GROUP_TYPE,
  columns: new Map([
    ["id", column("groups.id", "exact")],
    ["externalId", column("groups.external_id", "exact", true)],
    ["displayName", column("groups.display_name_key", "folded")],
    ["meta.created", column("groups.created", "instant")],
    ["meta.lastModified", column("groups.last_modified", "instant")],
  ]),
  relations: new Map([
    [
      "members",
      {
        columns: new Map([["value", column("m.member_value", "exact")]]),
        complete: true,
        has: (condition, selective) =>
          selective
            ? sql("groups.key in (select m.group_key from memberships as m where ?)", condition)
            : exists(sql("select 1 from memberships as m where m.group_key = groups.key and ?", condition)),
      },
    ],
  ]),
};

const EMAILS: Relation = {
  columns: new Map([["value", column("e.email_key", "folded")]]),
  complete: false,
  has: (condition, selective) =>
    selective
      ? sql("users.key in (select e.user_key from user_emails as e where ?)", condition)
      : exists(sql("select 1 from user_emails as e where e.user_key = users.key and ?", condition)),
};

/** The groups in which a user is. */
function groupsOfUser(directory: DirectoryId): Relation {
  return {
    columns: new Map([
      ["value", column("g.id", "exact")],
      ["display", column("g.display_name_key", "folded")],
    ]),
    complete: true,
    has(condition, selective) {
      if (selective) {
        const values = sql(
          `(select m.member_value as value from groups as g cross join memberships as m
            where m.group_key = g.key and g.directory = ? and ?) as named`,
          directory,
          condition,
        );
        return sql("users.key in (select key from (?))", namedUsers(values, directory));
      }
      return exists(
        sql(
          `select 1 from memberships as m cross join groups as g
           where m.member_value = users.id and g.key = m.group_key and g.directory = users.directory and ?`,
          condition,
        ),
      );
    },
  };
}
