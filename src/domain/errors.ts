/** Base of every error we expect. `code` is stable and safe to show; messages hold no secrets. */
export abstract class BridgeError extends Error {
  abstract readonly code: string;
  readonly retryable: boolean = false;
  override get name(): string {
    return this.constructor.name;
  }
}

/** `scimType` values of RFC 7644 section 3.12 and RFC 9865 that we answer with. */
export type ScimType =
  | "invalidFilter"
  | "tooMany"
  | "uniqueness"
  | "mutability"
  | "invalidSyntax"
  | "invalidPath"
  | "noTarget"
  | "invalidValue"
  | "invalidVers"
  | "sensitive"
  // RFC 9865 section 2.2
  | "invalidCursor"
  | "expiredCursor"
  | "invalidCount";

/** An answer to a SCIM client that is not a success: HTTP status, `scimType` and a detail that is safe to show. */
export abstract class ScimError extends BridgeError {
  abstract readonly status: number;
  readonly scimType: ScimType | undefined = undefined;
}
/** The body is not what the operation takes (400 `invalidSyntax`). */
export class ScimSyntaxError extends ScimError {
  readonly code = "scim.invalid-syntax";
  readonly status = 400;
  override readonly scimType = "invalidSyntax";
}
/** The filter is broken or compares what cannot be compared (400 `invalidFilter`). */
export class InvalidFilterError extends ScimError {
  readonly code = "scim.invalid-filter";
  readonly status = 400;
  override readonly scimType = "invalidFilter";
}
/** A PATCH path is malformed or names what no schema has (400 `invalidPath`). */
export class InvalidPathError extends ScimError {
  readonly code = "scim.invalid-path";
  readonly status = 400;
  override readonly scimType = "invalidPath";
}
/** A PATCH path selects nothing that could be changed (400 `noTarget`). */
export class NoTargetError extends ScimError {
  readonly code = "scim.no-target";
  readonly status = 400;
  override readonly scimType = "noTarget";
}
/** A value is missing or not of its attribute's type (400 `invalidValue`). */
export class InvalidValueError extends ScimError {
  readonly code = "scim.invalid-value";
  readonly status = 400;
  override readonly scimType = "invalidValue";
}
/** The attribute is read-only or immutable (400 `mutability`). */
export class MutabilityError extends ScimError {
  readonly code = "scim.mutability";
  readonly status = 400;
  override readonly scimType = "mutability";
}
/** Another resource already has this value (409 `uniqueness`). */
export class UniquenessError extends ScimError {
  readonly code = "scim.uniqueness";
  readonly status = 409;
  override readonly scimType = "uniqueness";
}
/** A reference within a bulk request names what could not be made (409, RFC 7644 section 3.7.1). */
export class UnresolvedReferenceError extends ScimError {
  readonly code = "scim.unresolved-reference";
  readonly status = 409;
}
/** Unknown id or endpoint, or another directory's (404). */
export class ResourceNotFoundError extends ScimError {
  readonly code = "scim.not-found";
  readonly status = 404;
}
/** `If-Match` names another version (412). */
export class VersionConflictError extends ScimError {
  readonly code = "scim.version-conflict";
  readonly status = 412;
}
/** The body is larger than the endpoint takes (413). */
export class PayloadTooLargeError extends ScimError {
  readonly code = "scim.payload-too-large";
  readonly status = 413;
}
/** The method is not served at this path (405). */
export class MethodNotAllowedError extends ScimError {
  readonly code = "scim.method-not-allowed";
  readonly status = 405;
}
/** More results than this server is willing to put in order (400 `tooMany`). */
export class TooManyError extends ScimError {
  readonly code = "scim.too-many";
  readonly status = 400;
  override readonly scimType = "tooMany";
}
/** A request line that names a secret: request lines are logged on the way (403 `sensitive`, RFC 7644 section 7.5.2). */
export class SensitiveError extends ScimError {
  readonly code = "scim.sensitive";
  readonly status = 403;
  override readonly scimType = "sensitive";
}
/** The cursor is none of ours, or belongs to another question (400 `invalidCursor`, RFC 9865). */
export class InvalidCursorError extends ScimError {
  readonly code = "scim.invalid-cursor";
  readonly status = 400;
  override readonly scimType = "invalidCursor";
}
/** The cursor is older than its time (400 `expiredCursor`, RFC 9865). */
export class ExpiredCursorError extends ScimError {
  readonly code = "scim.expired-cursor";
  readonly status = 400;
  override readonly scimType = "expiredCursor";
}
/** `count` is not the one that the list was begun with (400 `invalidCount`, RFC 9865). */
export class InvalidCountError extends ScimError {
  readonly code = "scim.invalid-count";
  readonly status = 400;
  override readonly scimType = "invalidCount";
}
/** A part of the standard that this server does not offer (501). */
export class UnsupportedFeatureError extends ScimError {
  readonly code = "scim.unsupported";
  readonly status = 501;
}

/** No token, or one that is wrong, expired or revoked (401). */
export class UnauthenticatedError extends BridgeError {
  readonly code = "auth.unauthenticated";
}
/** The token's scope does not reach this far (403). */
export class ForbiddenError extends BridgeError {
  readonly code = "auth.forbidden";
}

/** One fault in the configuration: where it is, and what would be right. */
export interface ConfigProblem {
  readonly path: string;
  readonly message: string;
}
/** The configuration cannot be used; lists every problem at once. */
export class ConfigError extends BridgeError {
  readonly code = "config.invalid";
  readonly problems: readonly ConfigProblem[];
  constructor(source: string, problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ path, message }) => `  ${path === "" ? "" : `${path}: `}${message}`);
    super(`${source} cannot be used:\n${lines.join("\n")}`);
    this.problems = problems;
  }
}

/** The arguments of a command do not fit together. */
export class UsageError extends BridgeError {
  readonly code = "cli.usage";
}

/** A plan was made again and is not the one that was expected. */
export class PlanChangedError extends BridgeError {
  readonly code = "plan.changed";
}
/** The product is another organisation than the one we know: nothing may be written (exit 78). */
export class TenantChangedError extends BridgeError {
  readonly code = "product.tenant-changed";
}
/** Another process, or another run of this one, holds the lease. */
export class RunInProgressError extends BridgeError {
  readonly code = "run.in-progress";
  override readonly retryable = true;
}
/** This applier's lease was taken over: it must not write any more. */
export class LeaseLostError extends BridgeError {
  readonly code = "run.lease-lost";
  override readonly retryable = true;
}
/** The account is linked to somebody who is still in the directory: it cannot become another person's. */
export class LinkConflictError extends BridgeError {
  readonly code = "link.conflict";
}
/** The named person, plan or token does not exist here. */
export class UnknownSubjectError extends BridgeError {
  readonly code = "subject.unknown";
}

/** What went wrong between us and the product. */
export type ConnectorFault = "auth" | "rate-limited" | "unavailable" | "rejected" | "conflict" | "no-seat" | "missing";

/**
 * The only error a connector throws. `unavailable` leaves open whether a write took effect; the next attempt reads
 * before it repeats. `message` holds no secrets and nothing the product said about other people.
 */
export class ConnectorError extends BridgeError {
  readonly code: string;
  readonly reason: ConnectorFault;
  override readonly retryable: boolean;
  /** How long the product asked us to wait, capped by the connector; milliseconds. */
  readonly retryAfterMs: number | undefined;
  constructor(reason: ConnectorFault, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = `connector.${reason}`;
    this.reason = reason;
    this.retryable = reason === "rate-limited" || reason === "unavailable";
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The store waited for a lock longer than it may (HTTP 503, exit 75). */
export class StoreBusyError extends BridgeError {
  readonly code = "store.busy";
  override readonly retryable = true;
}
/** The store cannot be opened, read or written; the message says what to mend. */
export class StoreUnavailableError extends BridgeError {
  readonly code = "store.unavailable";
}
/** The port is taken or may not be opened. */
export class ListenError extends BridgeError {
  readonly code = "http.listen";
}
