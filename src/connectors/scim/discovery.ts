import { z } from "zod";
import { isJsonArray, isJsonObject } from "../../domain/json.ts";
import type { JsonObject, JsonValue } from "../../domain/json.ts";
import { booleanOf } from "../../scim/boolean-of.ts";
import { ownValueLike } from "../../scim/own-property.ts";
import type { Sending } from "../http.ts";
import type { ScimClient } from "./client.ts";
import { valueAt } from "./resource.ts";
import { elementsOf } from "./user.ts";

/** What a product says that it can do (RFC 7643 section 5, RFC 9865 section 4); null: it does not say. */
export interface Features {
  readonly patch: boolean | null;
  readonly filter: boolean | null;
  /** The most that one page holds. */
  readonly maxResults: number | null;
  readonly cursor: boolean;
}

/** What a product says of itself. Asked once, and remembered; a product that says nothing is not asked again. */
export interface Discovery {
  features(how: Sending): Promise<Features>;
  /** Attributes by schema, names and URNs in lower case; null where the product does not say. */
  schemas(how: Sending): Promise<ReadonlyMap<string, ReadonlySet<string>> | null>;
}

/** What is known of a product that says nothing. */
export const UNTOLD: Features = { patch: null, filter: null, maxResults: null, cursor: false };

/** Asks a product over `client`, unless its recipe says not to. Throws ConnectorError where it does not answer at all. */
export function createDiscovery(client: ScimClient): Discovery {
  const isSkipped = client.recipe.discovery === "skip";
  let features: Features | undefined = isSkipped ? UNTOLD : undefined;
  let schemas: ReadonlyMap<string, ReadonlySet<string>> | null | undefined = isSkipped ? null : undefined;
  return {
    async features(how) {
      features ??= toFeatures(await client.about("ServiceProviderConfig", how));
      return features;
    },
    async schemas(how) {
      if (schemas === undefined) schemas = toSchemas(await client.about("Schemas", how));
      return schemas;
    },
  };
}

const positive = z.int().min(1);

function toFeatures(body: unknown): Features {
  if (!isJsonObject(body)) return UNTOLD;
  const yes = (path: string): boolean | null => booleanOf(valueAt(body, path) ?? null) ?? null;
  const sizes = ["filter.maxResults", "pagination.maxPageSize"].flatMap(
    (path) => positive.safeParse(valueAt(body, path)).data ?? [],
  );
  return {
    patch: yes("patch.supported"),
    filter: yes("filter.supported"),
    maxResults: sizes.length === 0 ? null : Math.min(...sizes),
    cursor: yes("pagination.cursor") === true,
  };
}

/** Most show a ListResponse, some a bare list. */
function toSchemas(body: unknown): ReadonlyMap<string, ReadonlySet<string>> | null {
  const list: JsonValue | undefined = isJsonArray(body)
    ? body
    : isJsonObject(body)
      ? ownValueLike(body, "Resources")
      : undefined;
  if (!isJsonArray(list)) return null;
  const schemas = list.filter(isJsonObject).flatMap((schema) => {
    const id = ownValueLike(schema, "id");
    return typeof id === "string" ? [[id.toLowerCase(), namesOf(schema)] as const] : [];
  });
  return schemas.length === 0 ? null : new Map(schemas);
}

function namesOf(schema: JsonObject): ReadonlySet<string> {
  const names = elementsOf(ownValueLike(schema, "attributes")).flatMap((attribute) => {
    const name = isJsonObject(attribute) ? ownValueLike(attribute, "name") : undefined;
    return typeof name === "string" ? [name.toLowerCase()] : [];
  });
  return new Set(names);
}
