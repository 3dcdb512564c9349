import type { DirectoryUser, Person } from "../domain/directory.ts";
import type { JsonObject } from "../domain/json.ts";

/** A user as the conditions of a mapping see them: the resource with `id` and, as SCIM shows it, the `groups` they are in. */
export function mappedResource(
  { id, userName, active, resource }: Pick<DirectoryUser, "id" | "userName" | "active" | "resource">,
  groups: Person["groups"],
): JsonObject {
  const known = { ...resource, id, userName, active };
  if (groups.length === 0) return known;
  return {
    ...known,
    groups: groups.map((group) => ({ value: group.id, display: group.displayName, type: "direct" })),
  };
}
