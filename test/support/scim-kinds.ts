import type { ExecutionContext } from "ava";
import type { Method } from "got";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import type { Answer, Ask, TestApp } from "./app.ts";
import { USER_URN } from "./scim-users.ts";

export const GROUP_URN = "urn:ietf:params:scim:schemas:core:2.0:Group";
export const PATCH_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
export const ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error";
export const LIST_URN = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
export const SEARCH_URN = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
export const BULK_URN = "urn:ietf:params:scim:api:messages:2.0:BulkRequest";
export const ROOT = "scim/v2";
/** An id that nobody has. */
export const UNKNOWN_ID = "00000000-0000-4000-8000-ffffffffffff";

/** Users or groups, as far as the standard treats them alike. */
export interface Kind {
  readonly type: "User" | "Group";
  readonly urn: string;
  /** From the root of the server on, without a slash at its beginning. */
  readonly path: string;
  /** The attribute that must be there and is unique, compared without case. */
  readonly named: "userName" | "displayName";
  /** A text that any resource of the kind may carry: not unique, not required. */
  readonly free: string;
  nameOf(name: string): string;
  /** The body of a create. */
  body(name: string, parts?: JsonObject): JsonObject;
}

/** `<name>@acme.example`, without an e-mail address. */
export const USERS: Kind = {
  type: "User",
  urn: USER_URN,
  path: `${ROOT}/Users`,
  named: "userName",
  free: "title",
  nameOf: (name) => `${name}@acme.example`,
  body: (name, parts = {}) => ({ schemas: [USER_URN], userName: `${name}@acme.example`, ...parts }),
};

export const GROUPS: Kind = {
  type: "Group",
  urn: GROUP_URN,
  path: `${ROOT}/Groups`,
  named: "displayName",
  free: "externalId",
  nameOf: (name) => name,
  body: (name, parts = {}) => ({ schemas: [GROUP_URN], displayName: name, ...parts }),
};

export const KINDS: readonly Kind[] = [USERS, GROUPS];

/** A text as it is, anything else as JSON; `undefined` when there is nothing. */
export function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "undefined");
}

/** One operation of a PATCH. */
export function op(name: string, path?: string, value?: JsonValue): JsonObject {
  return { op: name, ...(path === undefined ? {} : { path }), ...(value === undefined ? {} : { value }) };
}

/** The body of a PATCH. */
export function patchBody(...Operations: readonly JsonObject[]): JsonObject {
  return { schemas: [PATCH_URN], Operations };
}

/** A request whose answer must have this status; the status and the text are shown if not. */
export async function expectStatus(
  t: ExecutionContext,
  app: TestApp,
  status: number,
  request: readonly [method: Method, path: string, ask?: Ask],
): Promise<Answer> {
  const answer = await app.ask(...request);
  t.is(answer.status, status, `${request[0]} ${request[1]}: ${answer.text}`);
  return answer;
}

/** Creates a resource and gives its body. */
export async function create(
  t: ExecutionContext,
  app: TestApp,
  kind: Kind,
  name: string,
  parts: JsonObject = {},
): Promise<JsonObject> {
  return (await expectStatus(t, app, 201, ["POST", kind.path, { json: kind.body(name, parts) }])).body;
}

/** As `create`, and gives the id. */
export async function createId(
  t: ExecutionContext,
  app: TestApp,
  kind: Kind,
  name: string,
  parts: JsonObject = {},
): Promise<string> {
  return textOf((await create(t, app, kind, name, parts))["id"]);
}

/** Patches, checks that a GET shows what the answer shows, and gives it. */
export async function patched(
  t: ExecutionContext,
  app: TestApp,
  path: string,
  ...operations: readonly JsonObject[]
): Promise<JsonObject> {
  const { body } = await expectStatus(t, app, 200, ["PATCH", path, { json: patchBody(...operations) }]);
  t.deepEqual((await app.ask("GET", path)).body, body, "what is answered is what is stored");
  return body;
}

/** Checks that an answer is an error of the standard: status, also as a string, scimType, a detail and nothing else. */
export function isScimError(
  t: ExecutionContext,
  answer: Answer,
  status: number,
  scimType: string | readonly string[] | null,
  what = "",
): void {
  t.is(answer.status, status, `${what} ${answer.text}`);
  const { schemas, status: told, scimType: type, detail, ...rest } = answer.body;
  t.deepEqual([schemas, told, rest], [[ERROR_URN], String(status), {}], `${what} ${answer.text}`);
  t.is(typeof detail, "string", what);
  const allowed: readonly unknown[] = Array.isArray(scimType) ? scimType : [scimType ?? undefined];
  t.true(allowed.includes(type), `${what} ${answer.text}`);
}

/** A request that must be refused with an error of the standard, and change nothing at `path` when that is told. */
export async function refused(
  t: ExecutionContext,
  app: TestApp,
  error: readonly [status: number, scimType: string | readonly string[] | null],
  request: readonly [method: Method, path: string, ask?: Ask],
): Promise<Answer> {
  const answer = await app.ask(...request);
  isScimError(t, answer, error[0], error[1], `${request[0]} ${request[1]} ${JSON.stringify(request[2] ?? {})}`);
  return answer;
}

/** The resources of a list. */
export function resourcesOf({ body, text }: Answer): readonly JsonObject[] {
  const resources = body["Resources"];
  if (!Array.isArray(resources)) throw new Error(`That is no list: ${text}`);
  return resources as readonly JsonObject[];
}

/** The short names of those whom a filter finds, sorted; fails unless the answer is a list. */
export async function found(t: ExecutionContext, app: TestApp, kind: Kind, filter: string): Promise<readonly string[]> {
  const answer = await expectStatus(t, app, 200, ["GET", `${kind.path}?filter=${encodeURIComponent(filter)}`]);
  const names = resourcesOf(answer).map((resource) => textOf(resource[kind.named]).replace("@acme.example", ""));
  t.is(answer.body["totalResults"], names.length, filter);
  return names.sort();
}
