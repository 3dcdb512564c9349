import { isJsonArray, isJsonObject } from "../domain/json.ts";
import type { JsonObject, JsonValue } from "../domain/json.ts";
import { splitAttributePath } from "./attribute-path.ts";
import { lookUp } from "./attribute-target.ts";
import { booleanOf } from "./boolean-of.ts";
import type { FilterNode } from "./filter.ts";
import { ownKeyLike } from "./own-property.ts";
import { schemaNamed } from "./schema.ts";
import type { AttributeDefinition, ResourceType } from "./schema.ts";

/** A way in which identity providers depart from RFC 7643, and how it is put right before anything else looks. */
interface Deviation<Rewrite> {
  readonly name: string;
  /** Who sends it, and in what. */
  readonly seenIn: string;
  readonly rewrite: Rewrite;
}

/** Rewrites one assigned value of one attribute into the shape that the attribute's definition asks for. */
type ValueDeviation = Deviation<(value: JsonValue, attribute: AttributeDefinition) => JsonValue>;

/** Rewrites a whole body, or the value of a PATCH operation without a path. */
type BodyDeviation = Deviation<(body: JsonObject, type: ResourceType) => JsonObject>;

/** Rewrites one operation of a PATCH, before its shape is checked. */
type OperationDeviation = Deviation<(operation: JsonObject) => JsonObject>;

/** In the order in which they are applied. */
export const VALUE_DEVIATIONS: readonly ValueDeviation[] = [
  {
    name: "boolean as a string",
    seenIn: 'Entra, default job: "True" and "False" for active and roles[].primary, in POST and PATCH',
    rewrite: (value, { type }) => (type === "boolean" ? (booleanOf(value) ?? value) : value),
  },
  {
    name: "array for a single value",
    seenIn: 'Entra: path "manager" with [{"$ref": ..., "value": ...}]',
    rewrite: (value, { type, multiValued }) =>
      type === "complex" && !multiValued && isJsonArray(value) && value.length === 1 ? (value[0] ?? null) : value,
  },
  {
    name: "single value for an array",
    seenIn: "OneLogin, edited templates: emails as an object; Entra-style requests: members as one string",
    rewrite: (value, { multiValued }) => (multiValued && !isJsonArray(value) ? [value] : value),
  },
  {
    name: "bare value for a complex one",
    seenIn: 'Entra: manager as a string; Entra-style requests: "members": ["id"]',
    rewrite: (value, attribute) => {
      if (!attribute.subAttributes.has("value")) return value;
      return isJsonArray(value) ? value.map(asComplex) : asComplex(value);
    },
  },
];

/** In the order in which they are applied. */
export const BODY_DEVIATIONS: readonly BodyDeviation[] = [
  {
    name: "core attributes under their URN",
    seenIn: "clients that treat the core schema like an extension (conformance row 49)",
    rewrite: (body, type) => {
      const isCore = (key: string) => schemaNamed(type, key) === type.schema;
      const nested = Object.entries(body).flatMap(([key, value]) =>
        isCore(key) && isJsonObject(value) ? Object.entries(value) : [],
      );
      if (nested.length === 0) return body;
      const top = Object.entries(body).filter(([key]) => !isCore(key));
      return Object.fromEntries([...nested, ...top]);
    },
  },
];

/** In the order in which they are applied. */
export const OPERATION_DEVIATIONS: readonly OperationDeviation[] = [
  {
    name: "operators in capitals",
    seenIn: 'Entra, default job: "Add", "Replace" and "Remove"',
    rewrite: (operation) => {
      const key = ownKeyLike(operation, "op");
      const op = key === undefined ? undefined : operation[key];
      return key === undefined || typeof op !== "string" ? operation : { ...operation, [key]: op.toLowerCase() };
    },
  },
];

/** In the order in which they are applied. */
export const PATCH_VALUE_DEVIATIONS: readonly BodyDeviation[] = [
  {
    name: "read-only attributes repeated",
    seenIn: 'Okta, group rename: a PATCH value without path that repeats "id"',
    rewrite: (value, type) => Object.fromEntries(Object.entries(value).filter(([key]) => !isReadOnlyKey(key, type))),
  },
];

/** Another name for an attribute in the filters of lists. */
type NameDeviation = Deviation<{ readonly sent: string; readonly meant: string }>;

/** Names in filters; compared without case. */
export const FILTER_NAME_DEVIATIONS: readonly NameDeviation[] = [
  {
    name: "email for emails",
    seenIn: 'Ping, documented filter template: email Co "%s"',
    rewrite: { sent: "email", meant: "emails" },
  },
];

/** Applies the deviations of names to the filter of a list. */
export function rewriteFilter(node: FilterNode): FilterNode {
  if ("left" in node) return { ...node, left: rewriteFilter(node.left), right: rewriteFilter(node.right) };
  if (node.op === "not") return { ...node, filter: rewriteFilter(node.filter) };
  const { urn, attribute } = node.path;
  const sent = attribute.toLowerCase();
  const deviation = urn === null ? FILTER_NAME_DEVIATIONS.find(({ rewrite }) => rewrite.sent === sent) : undefined;
  return deviation === undefined ? node : { ...node, path: { ...node.path, attribute: deviation.rewrite.meant } };
}

/** Applies all value deviations. An unassigned value (null, `""`, `[]`) is left alone. */
export function rewriteValue(value: JsonValue, attribute: AttributeDefinition): JsonValue {
  if (value === null || value === "") return value;
  return VALUE_DEVIATIONS.reduce<JsonValue>((rewritten, deviation) => deviation.rewrite(rewritten, attribute), value);
}

/** Applies the deviations of one list to a body. */
export function rewriteBody(body: JsonObject, type: ResourceType, deviations: readonly BodyDeviation[]): JsonObject {
  return deviations.reduce((rewritten, deviation) => deviation.rewrite(rewritten, type), body);
}

/** Applies all operation deviations. */
export function rewriteOperation(operation: JsonObject): JsonObject {
  return OPERATION_DEVIATIONS.reduce((rewritten, deviation) => deviation.rewrite(rewritten), operation);
}

function asComplex(value: JsonValue): JsonValue {
  return value === null || typeof value === "object" ? value : { value };
}

function isReadOnlyKey(key: string, type: ResourceType): boolean {
  const path = splitAttributePath(key);
  const target = path === null ? undefined : lookUp(path, type);
  return target?.attribute.mutability === "readOnly" || target?.subAttribute?.mutability === "readOnly";
}
