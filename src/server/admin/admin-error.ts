import { BridgeError } from "../../domain/errors.ts";
import type { JsonValue } from "../../domain/json.ts";

/** The last part of a problem's `type`, `urn:rosterbridge:problem:<name>`: stable (RFC 9457 section 3.1.1). */
export type ProblemName =
  | "invalid-request"
  | "invalid-filter"
  | "invalid-cursor"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "method-not-allowed"
  | "not-acceptable"
  | "not-possible"
  | "plan-changed"
  | "run-in-progress"
  | "tenant-changed"
  | "mapping-ruled-by-file"
  | "mapping-takes-over-groups"
  | "mapping-changed"
  | "payload-too-large"
  | "unsupported-media-type"
  | "mapping-invalid"
  | "mapping-tests-failed"
  | "precondition-required"
  | "too-many-failed-logins"
  | "too-many-plans"
  | "internal"
  | "product-refused"
  | "product-unavailable"
  | "store-unavailable";

/** What goes with a problem beside its sentence. */
export interface ProblemParts {
  readonly headers?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, JsonValue>>;
}

/** A problem of the request itself, which no use case knows of. */
export class AdminError extends BridgeError {
  readonly code: string;
  readonly problem: ProblemName;
  readonly parts: ProblemParts;
  constructor(problem: ProblemName, message: string, parts: ProblemParts = {}) {
    super(message);
    this.code = `admin.${problem}`;
    this.problem = problem;
    this.parts = parts;
  }
}
