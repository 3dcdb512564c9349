import type { JsonObject, JsonValue } from "../domain/json.ts";
import { BULK_RESPONSE_URN } from "./message.ts";

/** The most operations that one bulk request may hold. */
export const MAX_BULK_OPERATIONS = 1000;
/** The longest body of a bulk request, in bytes. */
export const MAX_BULK_BYTES = 1_048_576;

/** What an operation of a bulk request asks for. */
export type BulkMethod = "POST" | "PUT" | "PATCH" | "DELETE";

/** One operation of a bulk request (RFC 7644 section 3.7). */
export interface BulkOperation {
  readonly method: BulkMethod;
  /** `/Users`, `/Users/{id}` or `/Users/bulkId:{bulkId}`, and the same of groups; see `parseBulkPath`. */
  readonly path: string;
  /** Always there on POST; unique in its request. */
  readonly bulkId?: string;
  /** The version that the resource must have, as in If-Match. */
  readonly version?: string;
  /** Always there, and an object, but on DELETE. */
  readonly data?: JsonValue;
}

/** A bulk request. `failOnErrors`: how many failures end it; null: none do. */
export interface BulkRequest {
  readonly failOnErrors: number | null;
  readonly operations: readonly BulkOperation[];
}

/** What came of one operation. `response` is the body that the answer to it alone would have. */
export interface BulkResult {
  readonly method: BulkMethod;
  readonly bulkId?: string | undefined;
  readonly status: number;
  readonly location?: string | undefined;
  /** As in `meta.version`. */
  readonly version?: string | undefined;
  readonly response?: JsonObject | undefined;
}

/** The body of the answer to a bulk request (RFC 7644 section 3.7), in which each `status` is a string. */
export function bulkResponse(results: readonly BulkResult[]): JsonObject {
  return {
    schemas: [BULK_RESPONSE_URN],
    Operations: results.map(({ method, bulkId, status, location, version, response }) => ({
      ...(location === undefined ? {} : { location }),
      method,
      ...(bulkId === undefined ? {} : { bulkId }),
      ...(version === undefined ? {} : { version }),
      status: String(status),
      ...(response === undefined ? {} : { response }),
    })),
  };
}
