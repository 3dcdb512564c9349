import { z } from "zod";
import { scimJson, TwinRefusal } from "../kit/answers.ts";
import { route } from "../kit/route.ts";
import type { TwinRoute } from "../kit/route.ts";
import { listAnswer, listQuery } from "./list-answer.ts";
import { patchMembers } from "./patch.ts";
import { memberIds } from "./state.ts";
import type { Attributes, Held, ScimState } from "./state.ts";
import { ACCEPTS_SCIM, SCIM_TYPE, scimError } from "./manners.ts";
import { patchBody } from "./user-routes.ts";
import type { ScimVendorRules } from "./vendor-rules.ts";

const GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group";

const groupBody = z.strictObject({
  schemas: z.tuple([z.literal(GROUP)]),
  displayName: z.string().min(1),
  members: z.array(z.object({ value: z.string() })).optional(),
});

/** `/Groups`, where the vendor has it. */
export function groupRoutes(state: ScimState, rules: ScimVendorRules): readonly TwinRoute[] {
  if (rules.groups !== "resource") return [];
  const headers = ACCEPTS_SCIM;
  const found = (id: unknown): Held => {
    const group = state.groups().find((one) => one.id === id);
    if (group === undefined) throw new TwinRefusal(scimError(404, "There is no such group."));
    return group;
  };
  return [
    route("GET", "/Groups", { headers, query: listQuery(rules), list: "groups" }, ({ query }) => {
      const shown = named(state.groups(), query.filter).map((group) =>
        showGroup(group, query.excludedAttributes === "members"),
      );
      return listAnswer(shown, query, rules);
    }),
    route("GET", "/Groups/:id", { headers }, ({ params }) => scimJson(200, showGroup(found(params["id"])))),
    route("POST", "/Groups", { headers, body: groupBody, contentType: SCIM_TYPE }, ({ body }) => {
      const id = state.addGroup(
        body.displayName,
        body.members?.map(({ value }) => value),
      );
      return scimJson(201, showGroup(found(id)));
    }),
    route("PUT", "/Groups/:id", { headers, body: groupBody, contentType: SCIM_TYPE }, (request) => {
      const { id, version } = found(request.params["id"]);
      if (request.headers["if-match"] !== `W/"${version}"`)
        throw new TwinRefusal(scimError(412, "The group was changed."));
      const members = (request.body.members ?? []).map(({ value }) => value);
      state.setGroup(id, { displayName: request.body.displayName, members });
      return scimJson(200, showGroup(found(id)));
    }),
    route("PATCH", "/Groups/:id", { headers, body: patchBody, contentType: SCIM_TYPE }, ({ params, body }) => {
      const group = found(params["id"]);
      const members = body.Operations.reduce<readonly string[]>((left, { op, path, value }) => {
        const after = patchMembers(left, { op, path, value });
        if (typeof after === "string")
          throw new TwinRefusal(scimError(400, "The operation cannot be carried out.", after));
        return after;
      }, memberIds(group));
      state.setGroup(group.id, { ...group.attributes, members });
      return scimJson(200, showGroup(found(group.id)));
    }),
  ];
}

function named(groups: readonly Held[], filter: string | undefined): readonly Held[] {
  if (filter === undefined) return groups;
  const quoted = /^displayName eq ("(?:[^"\\]|\\.)*")$/.exec(filter)?.[1];
  if (quoted === undefined) throw new TwinRefusal(scimError(400, "The filter is not supported.", "invalidFilter"));
  return groups.filter(({ attributes }) => attributes["displayName"] === JSON.parse(quoted));
}

function showGroup(group: Held, isWithoutMembers = false): Attributes {
  const { id, version, attributes } = group;
  return {
    schemas: [GROUP],
    id,
    displayName: attributes["displayName"],
    ...(isWithoutMembers ? {} : { members: memberIds(group).map((value) => ({ value })) }),
    meta: { resourceType: "Group", version: `W/"${version}"` },
  };
}
