import { scimJson } from "../kit/answers.ts";
import { route } from "../kit/route.ts";
import type { TwinRoute } from "../kit/route.ts";
import { ACCEPTS_SCIM, scimError } from "./manners.ts";
import type { ScimVendorRules } from "./vendor-rules.ts";

/** `/ServiceProviderConfig` and `/Schemas`; a vendor that documents neither answers 404. */
export function discoveryRoutes(rules: ScimVendorRules): readonly TwinRoute[] {
  const { discovery } = rules;
  const none = () => scimError(404, "There is no such endpoint.");
  return [
    route("GET", "/ServiceProviderConfig", { headers: ACCEPTS_SCIM }, () =>
      discovery === null ? none() : scimJson(200, config(discovery, rules)),
    ),
    route("GET", "/Schemas", { headers: ACCEPTS_SCIM }, () => {
      const schemas = discovery?.schemas ?? null;
      return schemas === null ? none() : scimJson(200, list(schemas));
    }),
  ];
}

function config(
  { patch, filter, maxResults }: NonNullable<ScimVendorRules["discovery"]>,
  { paging, versions }: ScimVendorRules,
): unknown {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
    patch: { supported: patch },
    bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
    filter: { supported: filter, maxResults },
    changePassword: { supported: false },
    sort: { supported: false },
    etag: { supported: versions },
    ...(paging.cursor ? { pagination: { cursor: true, index: false, maxPageSize: paging.cap } } : {}),
    authenticationSchemes: [{ type: "oauthbearertoken", name: "Bearer", description: "A bearer token." }],
  };
}

function list(schemas: readonly { readonly id: string; readonly attributes: readonly string[] }[]): unknown {
  return {
    schemas: ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    totalResults: schemas.length,
    Resources: schemas.map(({ id, attributes }) => ({
      id,
      attributes: attributes.map((name) => ({ name, type: "string" })),
    })),
  };
}
