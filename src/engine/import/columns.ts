import type { JsonObject, JsonValue } from "../../domain/json.ts";
import { isJsonArray } from "../../domain/json.ts";
import { booleanOf } from "../../scim/boolean-of.ts";
import { textFault } from "../../scim/text-fault.ts";
import type { ImportRow, RowFault } from "./import-row.ts";

const USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE_URN = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Columns of a file, in the order in which they are told. */
export const COLUMNS = [
  "userName",
  "email",
  "givenName",
  "familyName",
  "displayName",
  "department",
  "title",
  "userType",
  "active",
  "externalId",
  "manager",
  "groups",
] as const;

/** One of them. */
export type Column = (typeof COLUMNS)[number];

/** Other names, as exports of directories and spreadsheets have them; letters only, lower case. */
const ALIASES: Readonly<Record<string, Column>> = {
  login: "userName",
  emailaddress: "email",
  mail: "email",
  firstname: "givenName",
  lastname: "familyName",
  surname: "familyName",
  fullname: "displayName",
  jobtitle: "title",
  employeetype: "userType",
};

/** The column that a header names, whatever its case, blanks, dashes and underscores; undefined for any other. */
export function columnOf(header: string): Column | undefined {
  const key = header.toLowerCase().replaceAll(/[\s_-]/g, "");
  return (
    COLUMNS.find((column) => column.toLowerCase() === key) ?? (Object.hasOwn(ALIASES, key) ? ALIASES[key] : undefined)
  );
}

/** What a person's attributes are called in SCIM, where one column is one of them. */
const PATHS: Readonly<Record<Exclude<Column, "userName" | "active" | "groups">, string>> = {
  email: "emails",
  givenName: "name.givenName",
  familyName: "name.familyName",
  displayName: "displayName",
  department: `${ENTERPRISE_URN}:department`,
  title: "title",
  userType: "userType",
  externalId: "externalId",
  manager: `${ENTERPRISE_URN}:manager`,
};

/**
 * Reads the cells of one row, by column. An empty cell clears its attribute, but for `userName`, which is the e-mail then,
 * and `active`, which stays. Returns what is wrong, naming the columns, when anything is.
 */
export function readCells(row: number, cells: ReadonlyMap<Column, JsonValue>): ImportRow | readonly RowFault[] {
  const { texts, faults } = textsIn(row, cells);
  const active = activeOf(cells.get("active"));
  if (active === null) faults.push({ row, column: "active", message: "must be true or false" });
  const groups = groupsOf(cells.get("groups"));
  if (groups === null) {
    faults.push({ row, column: "groups", message: 'must be names of groups, such as "Sales; Managers"' });
  }
  const userName = [texts.get("userName"), texts.get("email")].find((text) => text !== undefined && text !== "");
  if (userName === undefined && faults.length === 0) {
    faults.push({ row, column: "userName", message: "must not be empty, unless there is an email" });
  }
  if (faults.length > 0 || active === null || groups === null || userName === undefined) return faults;
  const externalId = texts.get("externalId") || undefined;
  return { row, userName, externalId, body: toBody(userName, texts, active), cleared: clearedIn(texts), groups };
}

interface Texts {
  readonly texts: Map<Column, string>;
  readonly faults: RowFault[];
}

function textsIn(row: number, cells: ReadonlyMap<Column, JsonValue>): Texts {
  const faults: RowFault[] = [];
  const texts = new Map<Column, string>();
  for (const [column, value] of cells) {
    if (column === "groups" || column === "active") continue;
    const text = value ?? "";
    const fault = typeof text === "string" ? faultIn(column, text.trim()) : "must be text";
    if (fault !== null) faults.push({ row, column, message: fault });
    else if (typeof text === "string") texts.set(column, text.trim());
  }
  return { texts, faults };
}

function clearedIn(texts: ReadonlyMap<Column, string>): readonly string[] {
  return [...texts].flatMap(([column, text]) =>
    text === "" && column !== "userName" && column !== "active" && column !== "groups" ? [PATHS[column]] : [],
  );
}

function faultIn(column: Column, text: string): string | null {
  const fault = textFault(text);
  if (fault !== undefined) return `must not hold ${fault}`;
  if (/\p{Cc}/u.test(text)) return "must not hold control characters or line breaks";
  if (column === "email" && text !== "" && !/^[^\s@]+@[^\s@]+$/u.test(text))
    return "must be an e-mail address, such as ana@acme.example";
  return null;
}

/** Undefined: the row does not say; null: it says something else. */
function activeOf(value: JsonValue | undefined): boolean | undefined | null {
  if (value === undefined) return undefined;
  const said = typeof value === "string" ? value.trim() : value;
  return said === "" ? undefined : said === null ? null : (booleanOf(said) ?? null);
}

/** A text is split at semicolons and bars; null for what holds no names. */
function groupsOf(value: JsonValue | undefined): readonly string[] | undefined | null {
  if (value === undefined) return undefined;
  const names = typeof value === "string" ? value.split(/[;|]/) : isJsonArray(value) ? value : null;
  if (names === null) return null;
  const texts = names.flatMap((name) => (typeof name === "string" ? [name.trim()] : []));
  if (texts.length < names.length || texts.some((name) => /\p{Cc}/u.test(name) || textFault(name) !== undefined))
    return null;
  return [...new Map(texts.filter((name) => name !== "").map((name) => [name.toLowerCase(), name])).values()];
}

function toBody(userName: string, texts: ReadonlyMap<Column, string>, active: boolean | undefined): JsonObject {
  const given = (column: Column, name: string): JsonObject => {
    const text = texts.get(column);
    return text === undefined || text === "" ? {} : { [name]: text };
  };
  const name = { ...given("givenName", "givenName"), ...given("familyName", "familyName") };
  const manager = given("manager", "value");
  const enterprise = { ...given("department", "department"), ...(isEmpty(manager) ? {} : { manager }) };
  const email = texts.get("email");
  return {
    schemas: isEmpty(enterprise) ? [USER_URN] : [USER_URN, ENTERPRISE_URN],
    userName,
    ...given("externalId", "externalId"),
    ...given("displayName", "displayName"),
    ...given("title", "title"),
    ...given("userType", "userType"),
    ...(active === undefined ? {} : { active }),
    ...(isEmpty(name) ? {} : { name }),
    ...(email === undefined || email === "" ? {} : { emails: [{ value: email, type: "work", primary: true }] }),
    ...(isEmpty(enterprise) ? {} : { [ENTERPRISE_URN]: enterprise }),
  };
}

function isEmpty(object: JsonObject): boolean {
  return Object.keys(object).length === 0;
}
