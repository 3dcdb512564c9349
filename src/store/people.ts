import type { Knex } from "knex";
import type { ObservedAccount } from "../domain/account.ts";
import type { Instant } from "../domain/brand.ts";
import type { DirectoryUserId, Person } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";
import type { PersonRecord } from "../ports/workspace.ts";
import { ahead } from "./ahead.ts";
import { valuesTable } from "./dialect.ts";
import { toLink, type LinkDocuments, type LinkRow } from "./links.ts";
import { readPacked, type PackedColumn, type PackedRows } from "./packed.ts";
import { makeSpool } from "./spool.ts";
import { sql } from "./sql.ts";
import { toUser, type UserRow } from "./user-row.ts";

/** People per statement. More would be no faster, but the text of a page would be as large as a small heap. */
const PAGE = 250;

const USER_COLUMNS = [
  "id",
  "directory",
  "external_id",
  "user_name",
  "active",
  "left_at",
  "version",
  "created",
  "last_modified",
  "deleted_at",
] as const;
const LINK_COLUMNS = ["user_id", "account_id", "origin", "linked_at", "offboarded_at"] as const;

const GROUPS = `(
  select json_group_array(json_object('id', g.id, 'displayName', g.display_name) order by g.display_name, g.id)
  from memberships as m cross join groups as g
  where users.deleted_at is null and m.member_value = users.id and g.key = m.group_key and g.directory = users.directory)`;

const PERSON: readonly [PackedColumn, ...PackedColumn[]] = [
  { name: "users.key" },
  { name: objectOf("users", USER_COLUMNS), json: true },
  { name: "users.resource", json: true },
  { name: GROUPS, json: true },
  { name: `iif(links.user_id is null, null, ${objectOf("links", LINK_COLUMNS)})`, json: true },
  { name: "links.applied", json: true },
  { name: "links.entitlements", json: true },
  { name: "links.repairs", json: true },
];
const WITH_ACCOUNT: readonly [PackedColumn, ...PackedColumn[]] = [
  ...PERSON,
  { name: "observed.account", json: true },
  { name: "observed.shared" },
];

type PersonRow = readonly [
  key: number,
  user: Pick<UserRow, (typeof USER_COLUMNS)[number]>,
  resource: JsonObject,
  groups: Person["groups"],
  link: Pick<LinkRow, (typeof LINK_COLUMNS)[number]> | null,
  applied: LinkDocuments["applied"],
  entitlements: LinkDocuments["entitlements"],
  repairs: LinkDocuments["repairs"],
  account?: ObservedAccount | null,
  shared?: number | null,
];

/** A tombstone whose link went to somebody else says nothing about anybody any more. */
export const STAGED = "users left join links on links.user_id = users.id";

/**
 * Everybody staged, tombstones included, in the order in which they came, with what is spooled of their account; a
 * statement per page, so that nothing holds them all. While a page is parsed and looked at, the next one is read.
 */
export async function* peoplePages(db: Knex): AsyncGenerator<readonly PersonRecord[]> {
  for await (const page of ahead(packedPages(db))) {
    const inOrder = page.parse().toSorted(([a], [b]) => a - b);
    yield inOrder.map(toRecord);
  }
}

async function* packedPages(db: Knex): AsyncGenerator<PackedRows<PersonRow>> {
  await makeSpool(db);
  let after = 0;
  while (true) {
    const from = sql(
      `${STAGED} left join observed on observed.account_id = links.account_id
       where users.inherited_by is null and users.key > ? order by users.key limit ${PAGE}`,
      after,
    );
    const page = await readPacked<PersonRow>(db, WITH_ACCOUNT, from);
    if (page.last === null) return;
    yield page;
    if (page.count < PAGE) return;
    after = page.last;
  }
}

/** The people in these rows, by the keys of the rows. Nothing is told of what is spooled. */
export async function peopleByKey(db: Knex, keys: readonly number[]): Promise<ReadonlyMap<number, PersonRecord>> {
  const found: (readonly [number, PersonRecord])[] = [];
  for (let start = 0; start < keys.length; start += PAGE) {
    const asked = valuesTable("asked", keys.slice(start, start + PAGE));
    const from = sql(`${STAGED} where users.key in (select asked.value from ?)`, asked);
    const rows = await readPacked<PersonRow>(db, PERSON, from);
    found.push(...rows.parse().map((row) => [row[0], toRecord(row)] as const));
  }
  return new Map(found);
}

/** These people, by id; unknown ids are left out. Nothing is told of what is spooled. */
export async function peopleById(db: Knex, ids: readonly DirectoryUserId[]): Promise<readonly PersonRecord[]> {
  const found: PersonRecord[] = [];
  for (let start = 0; start < ids.length; start += PAGE) {
    const asked = valuesTable("asked", ids.slice(start, start + PAGE));
    const from = sql(`${STAGED} where users.inherited_by is null and users.id in (select asked.value from ?)`, asked);
    const rows = await readPacked<PersonRow>(db, PERSON, from);
    found.push(...rows.parse().map(toRecord));
  }
  return found.sort(({ person: { user: a } }, { person: { user: b } }) => (a.id < b.id ? -1 : 1));
}

function toRecord(row: PersonRow): PersonRecord {
  const [, user, resource, groups, link, applied, entitlements, repairs, account, shared] = row;
  const deletedAt = user.deleted_at as Instant | null;
  const record = {
    person: { user: toUser(user, resource), deletedAt, groups },
    link: link === null ? null : toLink(link, { applied, entitlements, repairs }),
  };
  if (account === undefined || account === null) return record;
  const linkedTo = { user: record.person.user.id, gone: deletedAt !== null };
  return { ...record, account: { candidate: { account, linkedTo }, alone: shared === 0 } };
}

/** SQL for an object of JSON with these columns of a table. */
function objectOf(table: string, columns: readonly string[]): string {
  return `json_object(${columns.map((column) => `'${column}', ${table}.${column}`).join(", ")})`;
}
