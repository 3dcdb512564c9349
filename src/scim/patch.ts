import { InvalidValueError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject } from "../domain/json.ts";
import { draftAttributes } from "./attribute-draft.ts";
import type { AttributeDraft } from "./attribute-draft.ts";
import type { PatchOperation } from "./parse-patch.ts";
import { editAttribute } from "./patch-attribute.ts";
import { allPatchSteps } from "./patch-steps.ts";
import type { PatchStep } from "./patch-steps.ts";
import { findPatchTarget } from "./patch-target.ts";
import type { PatchTarget } from "./patch-target.ts";
import type { ResourceType } from "./schema.ts";
import { comparisonBudget, type ComparisonBudget } from "./size-limits.ts";
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
 * Throws InvalidPathError, InvalidFilterError, InvalidValueError, MutabilityError and NoTargetError, PayloadTooLargeError
 * for operations that name too many attributes, TooManyError for filters that look at too many values.
 */
export function applyPatch(
  resource: JsonObject,
  operations: readonly PatchOperation[],
  type: ResourceType,
): JsonObject {
  return applySteps(resource, allPatchSteps(operations, type), type);
}

/** The resource after steps, in their order. Throws as `applyPatch` does. */
export function applySteps(resource: JsonObject, steps: readonly PatchStep[], type: ResourceType): JsonObject {
  const core = draftAttributes(resource);
  const extensions = new Map<string, AttributeDraft>();
  const draft = { core, extensions, budget: comparisonBudget() };
  for (const step of steps) applyStep(draft, step, findPatchTarget(step.path, type));
  for (const [urn, extension] of extensions) {
    const object = extension.toObject();
    core.set(urn, Object.keys(object).length === 0 ? undefined : object);
  }
  return core.toObject();
}

/** A resource that is being changed. An extension that was opened is no longer read from `core`, where it keeps its place. */
interface ResourceDraft {
  readonly core: AttributeDraft;
  readonly extensions: Map<string, AttributeDraft>;
  readonly budget: ComparisonBudget;
}

function applyStep({ core, extensions, budget }: ResourceDraft, step: PatchStep, target: PatchTarget): void {
  switch (target.kind) {
    case "ignored":
      return;
    case "extension": {
      const urn = core.spelling(target.urn);
      core.set(urn, undefined);
      extensions.delete(urn);
      return;
    }
    case "attribute": {
      if (target.extension === null) {
        applyTo(core, step, target, budget);
        return;
      }
      const urn = core.spelling(target.extension);
      const stored = core.get(urn) ?? {};
      const extension = extensions.get(urn) ?? draftAttributes(isJsonObject(stored) ? stored : {});
      core.set(urn, stored);
      extensions.set(urn, extension);
      applyTo(extension, step, target, budget);
    }
  }
}

function applyTo(
  holder: AttributeDraft,
  { op, path, value }: PatchStep,
  { attribute, filter, subAttribute }: PatchTarget & { readonly kind: "attribute" },
  budget: ComparisonBudget,
): void {
  const key = attribute.type === "any" ? holder.spelling(attribute.name) : attribute.name;
  const current = holder.get(key);
  if (filter !== null && isJsonArray(current)) budget.spend(filter, current.length);
  const edited = editAttribute(current, {
    op,
    path: excerpt(path),
    value,
    attribute,
    filter,
    subAttribute,
  });
  if (edited === undefined && attribute.required) throw new InvalidValueError(`${attribute.name} is required.`);
  holder.set(key, edited);
}
