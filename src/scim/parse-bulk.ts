import { z } from "zod";
import { PayloadTooLargeError, ScimSyntaxError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonArray, JsonObject, JsonValue } from "../domain/json.ts";
import { MAX_BULK_OPERATIONS } from "./bulk.ts";
import type { BulkOperation, BulkRequest } from "./bulk.ts";
import { BULK_REQUEST_URN } from "./message.ts";
import { namesSchema } from "./names-schema.ts";
import { ownValueLike } from "./own-property.ts";
import { refuseDeepJson } from "./safe-json.ts";

const MAX_BULK_ID_LENGTH = 512;

const envelope = z.object({
  schemas: z.custom((urns) => namesSchema(urns, BULK_REQUEST_URN), `must be an array that holds ${BULK_REQUEST_URN}`),
  failOnErrors: z.int("must be a whole number of at least 1").min(1, "must be a whole number of at least 1").nullish(),
  // The operations are counted before anything looks at them one by one.
  Operations: z.custom<JsonArray>(
    (operations) => isJsonArray(operations) && operations.length > 0,
    "must be an array that holds at least one operation",
  ),
});

const operation = z.object({
  method: z
    .string("must be a string")
    .toUpperCase()
    .pipe(z.enum(["POST", "PUT", "PATCH", "DELETE"], "must be POST, PUT, PATCH or DELETE")),
  path: z.string("must be a string"),
  bulkId: z
    .string("must be a string")
    .min(1, "must not be empty")
    .max(MAX_BULK_ID_LENGTH, `is longer than ${MAX_BULK_ID_LENGTH} characters`)
    .nullish(),
  version: z.string("must be a string").nullish(),
  data: z.custom<JsonObject>(isJsonObject, "must be an object").nullish(),
});

/**
 * Reads the body of a bulk request (RFC 7644 section 3.7); names may come in any letter case. Whether path and
 * data of an operation are right is left to that operation. Throws ScimSyntaxError, which names the operation, for any other shape;
 * PayloadTooLargeError for more than 1,000 operations.
 */
export function parseBulk(body: unknown): BulkRequest {
  if (!isJsonObject(body)) throw new ScimSyntaxError("The body must be a JSON object.");
  refuseDeepJson(body);
  const { failOnErrors, Operations: raw } = read(envelope, body, "");
  if (raw.length > MAX_BULK_OPERATIONS) {
    throw new PayloadTooLargeError(
      `A bulk request takes at most ${MAX_BULK_OPERATIONS} operations (maxOperations), this one holds ${raw.length}.`,
    );
  }
  const operations = raw.map(parseOperation);
  const seen = new Map<string, number>();
  operations.forEach(({ bulkId }, index) => {
    if (bulkId === undefined) return;
    const before = seen.get(bulkId);
    if (before !== undefined) {
      throw new ScimSyntaxError(
        `Operations[${index}].bulkId is also that of Operations[${before}]; it must be unique.`,
      );
    }
    seen.set(bulkId, index);
  });
  return { failOnErrors: failOnErrors ?? null, operations };
}

function parseOperation(raw: JsonValue, index: number): BulkOperation {
  const where = `Operations[${index}]`;
  if (!isJsonObject(raw)) throw new ScimSyntaxError(`${where} must be an object.`);
  const { method, path, bulkId, version, data } = read(operation, raw, where);
  requireParts({ method, bulkId, data }, where);
  return {
    method,
    path,
    ...(bulkId == null ? {} : { bulkId }),
    ...(version == null ? {} : { version }),
    ...(data == null || method === "DELETE" ? {} : { data }),
  };
}

/** Checks what must come with what (RFC 7644 section 3.7). Throws ScimSyntaxError. */
function requireParts(
  { method, bulkId, data }: Pick<z.output<typeof operation>, "method" | "bulkId" | "data">,
  where: string,
): void {
  if (method === "POST" && bulkId == null) throw new ScimSyntaxError(`${where}.bulkId is required for POST.`);
  if (method !== "DELETE" && data == null) throw new ScimSyntaxError(`${where}.data is required for ${method}.`);
}

/** The parts of an object that a shape names, in any letter case. Throws ScimSyntaxError. */
function read<Shape extends z.ZodObject>(shape: Shape, object: JsonObject, where: string): z.output<Shape> {
  const parsed = shape.safeParse(
    Object.fromEntries(Object.keys(shape.shape).map((name) => [name, ownValueLike(object, name)])),
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const path = [where, ...(issue?.path ?? [])].filter((part) => part !== "").join(".");
  throw new ScimSyntaxError(`${path} ${issue?.message ?? "is not valid"}.`);
}
