import { z } from "zod";
import { PayloadTooLargeError, ScimSyntaxError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonArray, JsonValue } from "../domain/json.ts";
import { rewriteOperation } from "./dialect.ts";
import { PATCH_OP_URN } from "./message.ts";
import { namesSchema } from "./names-schema.ts";
import { ownValueLike } from "./own-property.ts";
import { refuseUnsafeJson } from "./safe-json.ts";

/** One operation of a PATCH (RFC 7644 section 3.5.2). Add and replace always have a value, remove may have one. */
export interface PatchOperation {
  readonly op: "add" | "remove" | "replace";
  readonly path?: string;
  readonly value?: JsonValue;
}

/** The most operations that one request may hold. */
export const MAX_PATCH_OPERATIONS = 100;

const envelope = z.object({
  schemas: z.custom((urns) => namesSchema(urns, PATCH_OP_URN), `must hold ${PATCH_OP_URN}`).optional(),
  // The operations are counted before anything looks at them one by one.
  operations: z.custom<JsonArray>(
    (operations) => isJsonArray(operations) && operations.length > 0,
    "must be an array that holds at least one operation",
  ),
});

const operation = z.object({
  op: z.enum(["add", "remove", "replace"], "must be add, remove or replace"),
  path: z.string().nullish(),
});

/**
 * Reads the body of a PATCH. Names of members may come in any letter case, and `schemas` may be missing. Throws
 * ScimSyntaxError for any other shape, PayloadTooLargeError for more than 100 operations, InvalidValueError for unsafe JSON.
 */
export function parsePatch(body: unknown): readonly PatchOperation[] {
  if (!isJsonObject(body)) throw new ScimSyntaxError("The body must be a JSON object.");
  const parsed = envelope.safeParse({
    schemas: ownValueLike(body, "schemas"),
    operations: ownValueLike(body, "Operations"),
  });
  if (!parsed.success) throw syntaxError(parsed.error, "");
  const { operations } = parsed.data;
  if (operations.length > MAX_PATCH_OPERATIONS) {
    throw new PayloadTooLargeError(
      `A PATCH takes at most ${MAX_PATCH_OPERATIONS} operations, this one holds ${operations.length}.`,
    );
  }
  return operations.map(parseOperation);
}

function parseOperation(sent: JsonValue, index: number): PatchOperation {
  const where = `Operations[${index}]`;
  if (!isJsonObject(sent)) throw new ScimSyntaxError(`${where} must be an object.`);
  const raw = rewriteOperation(sent);
  const parsed = operation.safeParse({ op: ownValueLike(raw, "op"), path: ownValueLike(raw, "path") });
  if (!parsed.success) throw syntaxError(parsed.error, where);
  const { op, path } = parsed.data;
  const value = ownValueLike(raw, "value");
  if (op !== "remove" && value === undefined) throw new ScimSyntaxError(`${where}.value is missing.`);
  refuseUnsafeJson(value, `${where}.value`);
  return { op, ...(typeof path === "string" ? { path } : {}), ...(value === undefined ? {} : { value }) };
}

function syntaxError({ issues: [issue] }: z.ZodError, where: string): ScimSyntaxError {
  const path = [where, ...(issue?.path ?? [])].filter((part) => part !== "").join(".");
  return new ScimSyntaxError(`${path.replace(/^operations/, "Operations")}: ${issue?.message ?? "is not valid"}.`);
}
