import { InvalidValueError } from "../domain/errors.ts";
import { isJsonObject } from "../domain/json.ts";
import type { JsonObject } from "../domain/json.ts";
import { ownKeyLike, ownValue, withOwn } from "./own-property.ts";
import type { PatchOperation } from "./parse-patch.ts";
import { editAttribute } from "./patch-attribute.ts";
import { patchSteps } from "./patch-steps.ts";
import type { PatchStep } from "./patch-steps.ts";
import { findPatchTarget } from "./patch-target.ts";
import type { PatchTarget } from "./patch-target.ts";
import type { ResourceType } from "./schema.ts";
import { excerpt } from "./tokenizer.ts";

/**
 * The resource after a PATCH (RFC 7644 section 3.5.2). `resource` is a stored representation in canonical names, without
 * `id`, `schemas`, `meta` and `groups`; it is never modified, so that an operation that fails leaves no trace. Operations
 * apply in order. Where the RFC and identity providers disagree, the providers win:
 *
 * - replace and add on a value path that selects nothing make the element, from the filter's `eq` terms and the value;
 * - replace on a complex attribute or element merges; null, `""` and an empty array unassign;
 * - attributes that no schema has are ignored, read-only ones only where they are repeated in a value without path.
 *
 * Throws InvalidPathError, InvalidFilterError, InvalidValueError, MutabilityError and NoTargetError.
 */
export function applyPatch(
  resource: JsonObject,
  operations: readonly PatchOperation[],
  type: ResourceType,
): JsonObject {
  return operations
    .flatMap((operation) => patchSteps(operation, type))
    .reduce((current, step) => applyStep(current, step, findPatchTarget(step.path, type)), resource);
}

function applyStep(resource: JsonObject, step: PatchStep, target: PatchTarget): JsonObject {
  switch (target.kind) {
    case "ignored":
      return resource;
    case "extension":
      return withOwn(resource, ownKeyLike(resource, target.urn) ?? target.urn, undefined);
    case "attribute": {
      if (target.extension === null) return applyTo(resource, step, target);
      const key = ownKeyLike(resource, target.extension) ?? target.extension;
      const extension = ownValue(resource, key);
      const edited = applyTo(isJsonObject(extension) ? extension : {}, step, target);
      return withOwn(resource, key, Object.keys(edited).length === 0 ? undefined : edited);
    }
  }
}

function applyTo(
  holder: JsonObject,
  { op, path, value }: PatchStep,
  { attribute, filter, subAttribute }: PatchTarget & { readonly kind: "attribute" },
): JsonObject {
  const key = attribute.type === "any" ? (ownKeyLike(holder, attribute.name) ?? attribute.name) : attribute.name;
  const edited = editAttribute(ownValue(holder, key), {
    op,
    path: excerpt(path),
    value,
    attribute,
    filter,
    subAttribute,
  });
  if (edited === undefined && attribute.required) throw new InvalidValueError(`${attribute.name} is required.`);
  return withOwn(holder, key, edited);
}
