import { InvalidPathError, MutabilityError } from "../domain/errors.ts";
import { lookUp, subAttributeNamed } from "./attribute-target.ts";
import type { FilterNode } from "./filter.ts";
import { parsePatchPath } from "./parse-path.ts";
import { prefixOf } from "./patch-steps.ts";
import type { AttributeDefinition, ResourceType } from "./schema.ts";

/** What a path selects in a resource. `ignored`: an attribute that no schema has, or that we never keep. */
export type PatchTarget =
  | { readonly kind: "ignored" }
  | { readonly kind: "extension"; readonly urn: string }
  | {
      readonly kind: "attribute";
      /** URN that holds the attribute, null for the top level. */
      readonly extension: string | null;
      readonly attribute: AttributeDefinition;
      readonly filter: FilterNode | null;
      readonly subAttribute: AttributeDefinition | null;
    };

const IGNORED: PatchTarget = { kind: "ignored" };

/**
 * Looks a path up. Throws InvalidPathError for a malformed path and for a value filter on an attribute without
 * sub-attributes, MutabilityError for a path that names a read-only attribute
 * or sub-attribute.
 */
export function findPatchTarget(path: string, type: ResourceType): PatchTarget {
  const prefix = prefixOf(path.trim(), type);
  if (prefix !== null) return { kind: "extension", urn: prefix.slice(0, -1) };
  const { urn, attribute: name, filter, subAttribute: subName } = parsePatchPath(path);
  const target = lookUp({ urn, attribute: name, subAttribute: null }, type);
  // `schemas` follows from the namespaces that are present; `password` is accepted and dropped.
  if (target === undefined || target.attribute.name === "schemas" || target.attribute.returned === "never")
    return IGNORED;
  const { extension, attribute } = target;
  const subAttribute = subName === null ? null : subAttributeNamed(attribute, subName);
  refuseReadOnly(attribute, subAttribute ?? null);
  if (filter !== null && attribute.subAttributes.size === 0 && attribute.type !== "any") {
    throw new InvalidPathError(`${attribute.name} has no elements that a filter could select.`);
  }
  return subAttribute === undefined ? IGNORED : { kind: "attribute", extension, attribute, filter, subAttribute };
}

function refuseReadOnly(attribute: AttributeDefinition, subAttribute: AttributeDefinition | null): void {
  if (attribute.mutability === "readOnly") throw new MutabilityError(`${attribute.name} is read-only.`);
  if (subAttribute?.mutability === "readOnly") {
    throw new MutabilityError(`${attribute.name}.${subAttribute.name} is read-only.`);
  }
}
