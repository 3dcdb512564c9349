import type { DirectoryId } from "../domain/directory.ts";
import type { PersonState } from "../domain/person-state.ts";
import { USER_TYPE } from "../scim/resource-types.ts";
import { attribute, type ResourceType } from "../scim/schema.ts";
import { columnTest, type SearchColumn } from "./column-test.ts";
import type { Searchable } from "./filter-sql.ts";
import { SHOWN_HELD } from "./holds.ts";
import { searchableUsers } from "./searchable.ts";
import { and, or, sql, type Sql } from "./sql.ts";

// Conditions on `users left join links`.

/** Ids of those with a state that few people have at a time. */
const FEW = {
  failing: "select user_id from failures",
  waiting: "select user_id from waiting",
  held: SHOWN_HELD,
} as const satisfies Partial<Record<PersonState, string>>;

const PRESENT = "(users.deleted_at is null and users.active)";

/** How things stand with a person, as SQL; in the order of PERSON_STATES, but for who left without an account. */
export const STATE = `(case
  when exists (select 1 from failures where failures.user_id = users.id) then 'failing'
  when users.id in (${FEW.waiting}) then 'waiting'
  when exists (${FEW.held} and held.user_id = users.id) then 'held'
  when links.offboarded_at is not null then 'left'
  when ${PRESENT} then iif(links.user_id is null, 'none', 'linked')
  else iif(links.user_id is null, 'left', 'leaving') end)`;

/** Users of SCIM, with what only those know of them who see all directories. */
export const PEOPLE_TYPE: ResourceType = {
  ...USER_TYPE,
  schema: {
    ...USER_TYPE.schema,
    attributes: new Map([
      ...USER_TYPE.schema.attributes,
      ...[
        attribute("directory", "Id of the directory, as in the configuration.", { caseExact: true }),
        attribute("deleted", "Whether the directory deleted the person.", { type: "boolean" }),
        attribute("state", "How things stand with the person."),
      ].map((own) => [own.name, own] as const),
    ]),
  },
};

/** What SQL knows of people. `directory`: the one that they are all of; null: several. */
export function searchablePeople(directory: DirectoryId | null): Searchable {
  const { columns, relations } = searchableUsers(directory, true);
  return {
    type: PEOPLE_TYPE,
    columns: new Map([
      ...columns,
      ["directory", { name: "users.directory", holds: "exact", nullable: false }],
      ["deleted", { name: "(users.deleted_at is not null)", holds: "boolean", nullable: false }],
      ["state", { name: STATE, holds: "folded", nullable: false }],
    ]),
    relations,
  };
}

/** Who cannot be in a state is told quickly; of few the search begins with them. */
const POSSIBLE: Readonly<Record<PersonState, string>> = {
  failing: `users.id in (${FEW.failing})`,
  waiting: `users.id in (${FEW.waiting})`,
  held: `users.id in (${FEW.held})`,
  leaving: `links.user_id is not null and links.offboarded_at is null and not ${PRESENT}`,
  left: "(links.user_id is null or links.offboarded_at is not null)",
  linked: "links.user_id is not null",
  none: "links.user_id is null",
};

/** Who is in this state. */
export function inState(state: PersonState): Sql {
  return and(sql(POSSIBLE[state]), sql(`${STATE} = ?`, state));
}

/** Who has a key or a name that begins so. One look-up per index: the living and the deleted have one each. */
export function beginningWith(text: string): Sql {
  const begins = (name: string, holds: SearchColumn["holds"]): Sql =>
    columnTest({ name, holds, nullable: false }, { op: "sw", value: text });
  const own = (condition: Sql): Sql => sql("select users.key from users where ?", condition);
  const live = (condition: Sql): Sql => own(and(sql("users.deleted_at is null"), condition));
  const gone = (condition: Sql): Sql => own(and(sql("users.deleted_at is not null"), condition));
  const [userName, externalId] = [begins("users.user_name_key", "folded"), begins("users.external_id", "exact")];
  const displayName = begins("users.display_name_key", "folded");
  return sql(
    "users.key in (? union ? union ? union ? union ? union ? union ? union ?)",
    own(begins("users.id", "exact")),
    sql("select e.user_key from user_emails as e where ?", begins("e.email_key", "folded")),
    live(userName),
    gone(userName),
    live(externalId),
    gone(externalId),
    // The index begins with the directory.
    live(and(sql("users.directory in (select directories.id from directories)"), displayName)),
    gone(displayName),
  );
}

/** The same condition, said of the living and of the deleted apart, as the indexes are. */
export function ofBoth(condition: Sql): Sql {
  return or(and(sql("users.deleted_at is null"), condition), and(sql("users.deleted_at is not null"), condition));
}
