import { BridgeError, ConfigError, ConnectorError, ScimError, type ConfigProblem } from "../../domain/errors.ts";
import { MappingChangedError, MappingTakeoverError, MappingTestsError } from "../../domain/mapping-errors.ts";
import type { JsonValue } from "../../domain/json.ts";
import { BodyError } from "../../lib/read-body.ts";
import { AdminError, type ProblemName } from "./admin-error.ts";

/** What is documented of a kind of problem. */
export interface ProblemKind {
  readonly status: number;
  /** The same for every problem of the kind. */
  readonly title: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Every kind of problem that the admin API answers with, by the last part of its `type`. */
export const PROBLEMS: Readonly<Record<ProblemName, ProblemKind>> = {
  "invalid-request": {
    status: 400,
    title: "The request cannot be used",
    remedy: "`errors` lists each fault with its place: in the path, the query, a header or the body.",
  },
  "invalid-filter": {
    status: 400,
    title: "The filter cannot be used",
    remedy: "Filters are SCIM filters (RFC 7644 section 3.4.2.2); `detail` says what is wrong in this one.",
  },
  "invalid-cursor": {
    status: 400,
    title: "The cursor cannot be used",
    remedy: "A cursor belongs to one list with one filter, for an hour. Begin the list again without it.",
  },
  unauthenticated: {
    status: 401,
    title: "No token, or one that is not good",
    remedy: "Send `Authorization: Bearer <token>`; `rosterbridge token create --scope admin` makes one.",
  },
  forbidden: {
    status: 403,
    title: "The scope of this token does not reach this far",
    remedy: "`detail` names the scopes that do.",
  },
  "not-found": {
    status: 404,
    title: "There is no such thing",
    remedy: "Look at the list that it should be in; `detail` names the nearest where there is one.",
  },
  "method-not-allowed": {
    status: 405,
    title: "The method is not served here",
    remedy: "The header `Allow` lists those that are.",
  },
  "not-acceptable": {
    status: 406,
    title: "The answer has none of the accepted media types",
    remedy: "`detail` lists those that it has.",
  },
  "not-possible": {
    status: 409,
    title: "It cannot be done as things stand",
    remedy: "`detail` says why, and what to do first.",
  },
  "plan-changed": {
    status: 409,
    title: "The plan is another one by now",
    remedy: "Nothing was done. Look at a new plan, and use its digest.",
  },
  "run-in-progress": {
    status: 409,
    title: "Another run is in progress",
    remedy: "One run at a time writes to the product. Try again when it has ended: `GET /admin/v1/runs` shows it.",
  },
  "tenant-changed": {
    status: 409,
    title: "The product is another organisation than before",
    remedy: "Check `product` in the configuration. If the change is meant, apply with `acceptTenant`.",
  },
  "mapping-ruled-by-file": {
    status: 409,
    title: "The configuration file rules the mapping",
    remedy: "Edit the file, or set `mapping.source` to `store`.",
  },
  "mapping-takes-over-groups": {
    status: 409,
    title: "Membership of groups would become the bridge's",
    remedy: "`groups` lists them. Preview the edit; if it is meant, save it with `takesOver: true`.",
  },
  "mapping-changed": {
    status: 412,
    title: "The mapping was saved by somebody else meanwhile",
    remedy: "Nothing was saved. Read it again, make the edit on that version, and save with its ETag.",
  },
  "payload-too-large": {
    status: 413,
    title: "The body is too large",
    remedy: "`detail` says how large it may be.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "The body is of a type that is not taken",
    remedy: "Send JSON in UTF-8, uncompressed, as `application/json`.",
  },
  "mapping-invalid": {
    status: 422,
    title: "The mapping cannot be used",
    remedy: "Nothing was saved. `errors` lists every fault with its place in the document.",
  },
  "mapping-tests-failed": {
    status: 422,
    title: "Tests inside the mapping fail",
    remedy: "Nothing was saved. `failures` lists what each gave, expected and got.",
  },
  "precondition-required": {
    status: 428,
    title: "The request must say which version it is made on",
    remedy: "Send `If-Match` with the ETag that the mapping was read with, or `*` for whichever is in force.",
  },
  "too-many-failed-logins": {
    status: 429,
    title: "Too many wrong tokens from this address",
    remedy: "Wait as long as `Retry-After` says. A good token is taken at any time.",
  },
  "too-many-plans": {
    status: 429,
    title: "Too many plans are being made at once",
    remedy: "Ask again after `Retry-After`. Pushes and runs go on meanwhile.",
  },
  internal: {
    status: 500,
    title: "The bridge failed to answer",
    remedy: "The log names the cause under `requestId`.",
  },
  "product-refused": {
    status: 502,
    title: "The product refused",
    remedy: "`detail` has the reason; `rosterbridge doctor` looks at address, credentials and rights.",
  },
  "product-unavailable": {
    status: 503,
    title: "The product cannot be reached, or asks for patience",
    remedy: "Try again later: `Retry-After` says when, where the product does. Pushes are taken meanwhile.",
  },
  "store-unavailable": {
    status: 503,
    title: "The store cannot be used right now",
    remedy: "Nothing was changed. Try again after `Retry-After`.",
  },
};

/** The problem that an error is answered with. `isOurs`: it is to be logged as a fault of this server. */
export interface Problem {
  readonly name: ProblemName;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly more: Readonly<Record<string, JsonValue>>;
  readonly isOurs: boolean;
}

const RETRY_SECONDS = "5";

/** Stable codes of errors, and the problems that they are. */
const BY_CODE: Readonly<Record<string, ProblemName>> = {
  "scim.invalid-filter": "invalid-filter",
  "scim.invalid-cursor": "invalid-cursor",
  "scim.expired-cursor": "invalid-cursor",
  "scim.not-found": "not-found",
  "scim.method-not-allowed": "method-not-allowed",
  "auth.unauthenticated": "unauthenticated",
  "auth.forbidden": "forbidden",
  "subject.unknown": "not-found",
  "cli.usage": "not-possible",
  "person.not-erasable": "not-possible",
  "scim.version-conflict": "not-possible",
  "plan.changed": "plan-changed",
  "product.tenant-changed": "tenant-changed",
  "run.in-progress": "run-in-progress",
  "run.lease-lost": "run-in-progress",
  "mapping.changed": "mapping-changed",
  "mapping.ruled-by-file": "mapping-ruled-by-file",
  "mapping.tests-failed": "mapping-tests-failed",
  "mapping.takes-over-groups": "mapping-takes-over-groups",
  "config.invalid": "mapping-invalid",
  "store.busy": "store-unavailable",
  "store.unavailable": "store-unavailable",
  "body.too-large": "payload-too-large",
  "body.encoding": "unsupported-media-type",
};

/** The answer to any error. What is not expected becomes 500 with the request's id, and no word from below. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (error instanceof AdminError) return { ...plain(error.problem, error.message), ...error.parts };
  if (error instanceof ConnectorError) return fromProduct(error);
  if (error instanceof BodyError) return fromBody(error);
  const name = error instanceof BridgeError ? BY_CODE[error.code] : undefined;
  if (error instanceof BridgeError && name !== undefined) return fromBridge(name, error);
  if (error instanceof ScimError) return plain("invalid-request", error.message);
  const detail = `The bridge failed to answer. Its log names the cause under request ${requestId}.`;
  return { ...plain("internal", detail), isOurs: true };
}

/** Faults, each with its place, as a problem lists them. */
export function toErrors(problems: readonly ConfigProblem[]): JsonValue {
  return problems.map(({ path, message }) => ({ path, message }));
}

function plain(name: ProblemName, detail: string): Problem {
  return { name, detail, headers: {}, more: {}, isOurs: false };
}

function fromBridge(name: ProblemName, error: BridgeError): Problem {
  const problem = plain(name, error.message);
  if (name === "unauthenticated") return { ...problem, headers: { "WWW-Authenticate": 'Bearer realm="rosterbridge"' } };
  if (name === "store-unavailable") {
    const detail = "The store cannot be used right now. Nothing was changed; try again later.";
    return { ...problem, detail, headers: { "Retry-After": RETRY_SECONDS }, isOurs: true };
  }
  return { ...problem, more: moreOf(error) };
}

/** What a program wants to know of an error beside its sentence. */
function moreOf(error: BridgeError): Problem["more"] {
  if (error instanceof ConfigError) return { errors: toErrors(error.problems) };
  if (error instanceof MappingTakeoverError) return { groups: [...error.groups] };
  if (error instanceof MappingTestsError) return { failures: JSON.parse(JSON.stringify(error.failures)) as JsonValue };
  if (error instanceof MappingChangedError && error.current !== null) {
    return { current: { version: error.current.version, etag: `"${error.current.tag}"` } };
  }
  return {};
}

function fromProduct(error: ConnectorError): Problem {
  if (!error.retryable) return plain("product-refused", error.message);
  const seconds = Math.max(1, Math.ceil((error.retryAfterMs ?? Number(RETRY_SECONDS) * 1_000) / 1_000));
  return { ...plain("product-unavailable", error.message), headers: { "Retry-After": String(seconds) } };
}

function fromBody(error: BodyError): Problem {
  const name = BY_CODE[error.code] ?? "invalid-request";
  if (name !== "invalid-request") return plain(name, `${capital(error.message)}.`);
  const more = { errors: toErrors([{ path: "body", message: error.message }]) };
  return { ...plain(name, `${capital(error.message)}.`), more };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
