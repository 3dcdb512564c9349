import { InvalidValueError, NoTargetError, PayloadTooLargeError } from "../domain/errors.ts";
import { isJsonObject } from "../domain/json.ts";
import type { JsonValue } from "../domain/json.ts";
import { isUrn } from "./attribute-path.ts";
import { PATCH_VALUE_DEVIATIONS, rewriteBody } from "./dialect.ts";
import { ownEntries } from "./own-property.ts";
import type { PatchOperation } from "./parse-patch.ts";
import { schemaNamed } from "./schema.ts";
import type { ResourceType } from "./schema.ts";

/** One operation on one attribute, or the removal of a whole extension. */
export interface PatchStep {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value: JsonValue;
}

/** The most attributes that the operations of one request may name: each of them costs a copy of the resource. */
export const MAX_PATCH_STEPS = 500;

/** The steps of all operations, in order. Throws as `patchSteps`, and PayloadTooLargeError for more than 500 of them. */
export function allPatchSteps(operations: readonly PatchOperation[], type: ResourceType): readonly PatchStep[] {
  const steps = operations.flatMap((operation) => patchSteps(operation, type));
  if (steps.length > MAX_PATCH_STEPS) {
    throw new PayloadTooLargeError(
      `The operations of a PATCH name at most ${MAX_PATCH_STEPS} attributes, these name ${steps.length}.`,
    );
  }
  return steps;
}

/**
 * Takes an operation apart until every step names an attribute. Without a path, or where the path is a namespace, each key
 * of the value is a path of its own: Entra sends `name.givenName` and `urn:...:User:employeeNumber` as keys.
 * Throws NoTargetError for a removal without an attribute, InvalidValueError for a value that is no object.
 */
export function patchSteps({ op, path, value = null }: PatchOperation, type: ResourceType): readonly PatchStep[] {
  const prefix = path === undefined ? "" : prefixOf(path.trim(), type);
  if (path !== undefined && (prefix === null || (prefix !== "" && (op === "remove" || value === null)))) {
    return [{ op: prefix === null ? op : "remove", path, value }];
  }
  if (op === "remove") throw new NoTargetError("A remove operation needs a path.");
  if (!isJsonObject(value)) {
    throw new InvalidValueError("An operation whose path names no attribute needs an object as its value.");
  }
  return ownEntries(rewriteBody(value, type, PATCH_VALUE_DEVIATIONS)).flatMap(([key, nested]) =>
    patchSteps({ op, path: `${prefix ?? ""}${key}`, value: nested }, type),
  );
}

/**
 * What comes before the names of the namespace that a path stands for: nothing for the core schema, URN and colon for an
 * extension; null when the path names no namespace. An extension that we do not know is told by its last part, which is
 * the name of the resource type in every URN of the pattern `urn:...:2.0:User`.
 */
export function prefixOf(path: string, type: ResourceType): string | null {
  const schema = schemaNamed(type, path);
  if (schema !== undefined) return schema === type.schema ? "" : `${schema.urn}:`;
  const last = path.slice(path.lastIndexOf(":") + 1);
  return isUrn(path) && last.toLowerCase() === type.name.toLowerCase() ? `${path}:` : null;
}
