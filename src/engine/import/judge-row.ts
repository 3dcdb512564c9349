import type { DirectoryUser, Person } from "../../domain/directory.ts";
import { ScimError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import type { PatchOperation } from "../../scim/parse-patch.ts";
import { newUser, parseUser, patchUser, type UserContent, type UserDraft } from "../../scim/user.ts";
import { changedAttributes } from "../staging/staging.ts";
import { checkDomains } from "../staging/verified-domains.ts";
import type { ImportRow, RowFault } from "./import-row.ts";

/** What a row makes of a person: `leave` and `return` change `active`, beside whatever else. */
export type ImportAction = "create" | "update" | "leave" | "return" | "unchanged";

/** What would be staged for one row. */
export interface PlannedRow {
  readonly row: number;
  readonly action: ImportAction;
  readonly userName: string;
  /** Names of the attributes that change; their values are nobody's business here. */
  readonly attributes: readonly string[];
  readonly joins: readonly string[];
  readonly quits: readonly string[];
  readonly write: RowWrite | null;
  /** Null: not here yet. */
  readonly known: DirectoryUser | null;
}

/** How it is staged: as an IdP would. */
export type RowWrite = { readonly draft: UserDraft } | { readonly operations: readonly PatchOperation[] };

/** Decides what a row does to the person it is about, who is null where nobody is. Pure. */
export function judgeRow(row: ImportRow, known: Person | null, domains: readonly string[]): PlannedRow | RowFault {
  try {
    const draft = parseUser(row.body);
    return known === null ? newcomer(row, draft, domains) : acquaintance(row, known, domains);
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    return { row: row.row, column: null, message: error.message };
  }
}

function newcomer({ row, groups }: ImportRow, draft: UserDraft, domains: readonly string[]): PlannedRow {
  const content = newUser(draft);
  checkDomains(content, null, domains);
  const attributes = changedAttributes({}, content.resource);
  const { userName } = content;
  return { row, action: "create", userName, attributes, joins: groups ?? [], quits: [], write: { draft }, known: null };
}

function acquaintance(row: ImportRow, { user, groups: memberships }: Person, domains: readonly string[]): PlannedRow {
  const operations = operationsOf(row, user);
  const content = patchUser(user, operations);
  checkDomains(content, user, domains);
  const attributes = changedAttributes(user.resource, content.resource);
  const current = memberships.map(({ displayName }) => displayName);
  const { groups = current } = row;
  return {
    row: row.row,
    action: actionOf(user, content, attributes),
    userName: content.userName,
    attributes,
    joins: without(groups, current),
    quits: without(current, groups),
    write: attributes.length === 0 ? null : { operations },
    known: user,
  };
}

function operationsOf({ body, cleared }: ImportRow, { resource }: DirectoryUser): readonly PatchOperation[] {
  const { schemas: _, ...value } = body;
  const said: PatchOperation = { op: "replace", value: value satisfies JsonObject };
  return [
    said,
    ...cleared.filter((path) => isThere(resource, path)).map((path): PatchOperation => ({ op: "remove", path })),
  ];
}

/** Taking away what is not there would be a fault. */
function isThere(resource: JsonObject, path: string): boolean {
  const [owner, attribute] = splitPath(path);
  const within = owner === null ? resource : resource[owner];
  return typeof within === "object" && within !== null && Object.hasOwn(within, attribute);
}

/** `urn:…:User:department` and `name.givenName`. */
function splitPath(path: string): readonly [string | null, string] {
  const at = path.startsWith("urn:") ? path.lastIndexOf(":") : path.indexOf(".");
  return at === -1 ? [null, path] : [path.slice(0, at), path.slice(at + 1)];
}

function actionOf(before: DirectoryUser, after: UserContent, attributes: readonly string[]): ImportAction {
  if (before.active !== after.active) return after.active ? "return" : "leave";
  return attributes.length === 0 ? "unchanged" : "update";
}

/** Groups are told apart without regard to case, as a directory does. */
function without(names: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others.map((name) => name.toLowerCase()));
  return names.filter((name) => !known.has(name.toLowerCase()));
}
