import {
  BridgeError,
  ForbiddenError,
  ScimError,
  StoreBusyError,
  StoreUnavailableError,
  UnauthenticatedError,
  type ScimType,
} from "../domain/errors.ts";
import { BodyError } from "../lib/read-body.ts";

/** An error as a client may see it. `headers` go with it. `isOurs`: it is to be logged as a fault of this server. */
export interface Answer {
  readonly status: number;
  readonly scimType: ScimType | undefined;
  readonly detail: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isOurs: boolean;
}

/** How soon an IdP should come back when the store cannot be written; seconds. */
const STORE_RETRY_AFTER = "5";

/**
 * The answer to any error, by the table of RFC 7644 section 3.12. A 5xx never carries a message from below: what is
 * not expected becomes 500 with the request's id.
 */
export function toAnswer(error: unknown, requestId: string): Answer {
  if (error instanceof ScimError) return plain(error.status, error.message, error.scimType);
  if (error instanceof BodyError) return plain(error.status, error.message, bodyScimType(error));
  if (error instanceof UnauthenticatedError) {
    return { ...plain(401, error.message), headers: { "WWW-Authenticate": 'Bearer realm="rosterbridge"' } };
  }
  if (error instanceof ForbiddenError) return plain(403, error.message);
  if (error instanceof StoreBusyError || error instanceof StoreUnavailableError) {
    const detail = "The bridge cannot store this right now. Nothing was changed; send it again later.";
    return { ...plain(503, detail), headers: { "Retry-After": STORE_RETRY_AFTER }, isOurs: true };
  }
  const detail = `The bridge failed to answer. Nothing was changed. Its log names the cause under request ${requestId}.`;
  return { ...plain(500, detail), isOurs: true };
}

/** The stable code of an error, for the log. */
export function codeOf(error: unknown): string {
  if (error instanceof BridgeError || error instanceof BodyError) return error.code;
  return "unexpected";
}

function plain(status: number, detail: string, scimType?: ScimType): Answer {
  return { status, detail, scimType, headers: {}, isOurs: false };
}

function bodyScimType(error: BodyError): ScimType | undefined {
  if (error.status !== 400) return undefined;
  return error.code === "body.nul" ? "invalidValue" : "invalidSyntax";
}
