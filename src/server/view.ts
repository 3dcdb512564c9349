import type { Showing } from "../engine/staging/staging.ts";
import { parseProjection, type Projection, type ProjectionQuery } from "../scim/projection.ts";
import { GROUP_TYPE } from "../scim/resource-types.ts";
import type { ResourceType } from "../scim/schema.ts";

/** What of a resource an answer shows. */
export interface View extends Showing {
  readonly projection: Projection;
}

/** Reads what is to be shown of resources of one type. Throws InvalidPathError. */
export function parseView(query: ProjectionQuery, type: ResourceType): View {
  const projection = parseProjection(query, type);
  return { projection, withMemberships: shows(projection, type === GROUP_TYPE ? "members" : "groups") };
}

function shows({ only, without }: Projection, name: string): boolean {
  const own = (selectors: Projection["without"]): Projection["without"] =>
    selectors.filter(({ extension, attribute }) => extension === null && attribute === name);
  if (only !== null && own(only).length === 0) return false;
  return !own(without).some(({ subAttribute }) => subAttribute === null);
}
