import { InvalidValueError } from "../domain/errors.ts";
import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonArray, JsonObject, JsonValue } from "../domain/json.ts";
import { assignmentsIn } from "./assignments.ts";
import type { Assignment } from "./assignments.ts";
import { isAssigned } from "./attribute-target.ts";
import { BODY_DEVIATIONS, rewriteBody, rewriteValue } from "./dialect.ts";
import { firstOfEach, isReference } from "./element-identity.ts";
import { instantOf } from "./instant-of.ts";
import { ownEntries } from "./own-property.ts";
import { copyJson, refuseUnsafeJson } from "./safe-json.ts";
import { attributeNamed } from "./schema.ts";
import { refuseManyValues } from "./size-limits.ts";
import type { AttributeDefinition, AttributeType, ResourceType } from "./schema.ts";

type ScalarType = Exclude<AttributeType, "any" | "complex">;
interface Scalar {
  readonly wanted: string;
  readonly isRight: (value: JsonValue) => boolean;
}

const TEXT: Scalar = { wanted: "a string", isRight: (value) => typeof value === "string" };
const SCALARS: Readonly<Record<ScalarType, Scalar>> = {
  string: TEXT,
  reference: TEXT,
  binary: TEXT,
  boolean: { wanted: "true or false", isRight: (value) => typeof value === "boolean" },
  decimal: { wanted: "a number", isRight: (value) => typeof value === "number" },
  integer: { wanted: "a whole number", isRight: Number.isInteger },
  dateTime: {
    wanted: "a date-time",
    isRight: (value) => typeof value === "string" && instantOf(value) !== undefined,
  },
};

/**
 * The attributes of a body as they are stored: canonical names, core attributes at the top level, extensions under their
 * URN. Unassigned values (null, `""`, empty arrays), read-only attributes, `schemas`, `password` and core attributes that
 * no schema has are left out; an extension that no schema describes is kept whole.
 * Throws InvalidValueError where a value is not of its attribute's type.
 */
export function canonicalResource(body: JsonObject, type: ResourceType): JsonObject {
  return canonicalAssignments(readBody(body, type));
}

/** What a body says, attribute by attribute, after the deviations of IdPs. Throws InvalidValueError for unsafe JSON. */
export function readBody(body: JsonObject, type: ResourceType): readonly Assignment[] {
  refuseUnsafeJson(body);
  return assignmentsIn(rewriteBody(body, type, BODY_DEVIATIONS), type);
}

/** The resource that assignments make, as `canonicalResource` describes it; of several of one attribute the last counts. */
export function canonicalAssignments(assignments: readonly Assignment[]): JsonObject {
  const core = new Map<string, JsonValue | undefined>();
  const extensions = new Map<string, Map<string, JsonValue | undefined>>();
  for (const { extension, attribute, value } of assignments) {
    if (attribute.mutability === "readOnly" || attribute.returned === "never") continue;
    const path = extension === null ? attribute.name : `${extension}:${attribute.name}`;
    const holder = extension === null ? core : (extensions.get(extension) ?? new Map<string, JsonValue | undefined>());
    holder.set(attribute.name, canonicalValue(attribute, value, path));
    if (extension !== null) extensions.set(extension, holder);
  }
  const nested = [...extensions].map(([urn, holder]) => [urn, assignedOnly(holder)] as const);
  return assignedOnly(new Map<string, JsonValue | undefined>([...core, ...nested]));
}

/**
 * One attribute's value as it is stored, or undefined when it is unassigned. At most one element of a multi-valued attribute
 * stays `primary`, the first; of references such as members none is repeated. `path` names the attribute in messages. Throws InvalidValueError.
 */
export function canonicalValue(attribute: AttributeDefinition, value: JsonValue, path: string): JsonValue | undefined {
  if (attribute.type === "boolean" && value !== null) return canonicalSingle(attribute, value, path);
  if (!isAssigned(value)) return undefined;
  const rewritten = rewriteValue(value, attribute);
  if (!attribute.multiValued) return canonicalSingle(attribute, rewritten, path);
  const elements = isJsonArray(rewritten) ? rewritten : [rewritten];
  if (!isReference(attribute)) refuseManyValues(elements, path);
  const canonical = elements.flatMap((element, index) => {
    const single = isAssigned(element) ? canonicalSingle(attribute, element, `${path}[${index}]`) : undefined;
    return single === undefined ? [] : [single];
  });
  if (canonical.length === 0) return undefined;
  return isReference(attribute) ? firstOfEach(canonical, attribute) : keepFirstPrimary(canonical);
}

/** The same elements, of which at most the first one that says so stays `primary` (RFC 7643 section 2.4). */
export function keepFirstPrimary(elements: JsonArray): JsonArray {
  const first = elements.findIndex(isPrimary);
  return elements.map((element, index) =>
    index !== first && isJsonObject(element) && isPrimary(element) ? { ...element, primary: false } : element,
  );
}

/** True for an element that says `primary: true`. */
export function isPrimary(element: JsonValue): boolean {
  return isJsonObject(element) && Object.hasOwn(element, "primary") && element["primary"] === true;
}

function canonicalSingle(attribute: AttributeDefinition, value: JsonValue, path: string): JsonValue | undefined {
  if (attribute.type === "any") return copyJson(value);
  if (attribute.type === "complex") return canonicalComplex(attribute, value, path);
  const { wanted, isRight } = SCALARS[attribute.type];
  const rewritten = rewriteValue(value, attribute);
  if (!isRight(rewritten)) throw new InvalidValueError(`${path} must be ${wanted}.`);
  return rewritten;
}

function canonicalComplex(attribute: AttributeDefinition, value: JsonValue, path: string): JsonObject | undefined {
  if (!isJsonObject(value)) throw new InvalidValueError(`${path} must be an object.`);
  const parts = new Map<string, JsonValue | undefined>();
  for (const [key, nested] of ownEntries(value)) {
    const part = attributeNamed(attribute.subAttributes, key);
    // What this server computes is not kept, or it would be shown beside what it is now.
    if (part !== undefined && part.mutability !== "readOnly")
      parts.set(part.name, canonicalValue(part, nested, `${path}.${part.name}`));
  }
  const assigned = assignedOnly(parts);
  return isAssigned(assigned) ? assigned : undefined;
}

function assignedOnly(values: ReadonlyMap<string, JsonValue | undefined>): JsonObject {
  return Object.fromEntries([...values].filter(([, value]) => isAssigned(value)));
}
