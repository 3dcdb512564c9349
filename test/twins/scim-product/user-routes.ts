import { z } from "zod";
import { empty, scimJson, TwinRefusal } from "../kit/answers.ts";
import type { TwinAnswer } from "../kit/answers.ts";
import { route } from "../kit/route.ts";
import type { TwinRequest, TwinRoute } from "../kit/route.ts";
import { listAnswer, listQuery } from "./list-answer.ts";
import { patchUser } from "./patch.ts";
import { memberIds } from "./state.ts";
import type { Attributes, Held, ScimState, StateFault } from "./state.ts";
import { ACCEPTS_SCIM, SCIM_TYPE, scimError } from "./manners.ts";
import type { ScimVendorRules } from "./vendor-rules.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";

/** `/Users` of a vendor; what the vendor does not have is no route. */
export function userRoutes(state: ScimState, rules: ScimVendorRules): readonly TwinRoute[] {
  const headers = ACCEPTS_SCIM;
  const body = userBody(rules);
  const found = (id: unknown): Held => {
    const user = state.user(String(id));
    if (user === undefined) throw new TwinRefusal(scimError(404, "There is no such user."));
    return user;
  };
  const show = (status: number, id: string): TwinAnswer => scimJson(status, showUser(found(id), state, rules));
  const write = (user: Held, attributes: Attributes): TwinAnswer => {
    const fault = state.setUser(user.id, attributes);
    if (fault !== null) refuse(fault, rules);
    return show(200, user.id);
  };
  return [
    route("GET", "/Users", { headers, query: listQuery(rules), list: "accounts" }, ({ query }) => {
      const users = filtered(state.users(), query.filter, rules).map((user) => showUser(user, state, rules));
      return listAnswer(users, query, rules);
    }),
    route("GET", "/Users/:id", { headers }, ({ params }) => show(200, found(params["id"]).id)),
    route("POST", "/Users", { headers, body, contentType: SCIM_TYPE }, (request) => {
      const made = state.addUser(stored(request.body, rules));
      if (typeof made === "string") return show(201, made);
      return refuse(made.fault, rules);
    }),
    ...(rules.put
      ? [
          route("PUT", "/Users/:id", { headers, body, contentType: SCIM_TYPE }, (request) => {
            const user = found(request.params["id"]);
            checkVersion(user, request, rules);
            // What is not sent is nulled; `active` alone is as it was.
            return write(user, { active: user.attributes["active"], ...stored(request.body, rules) });
          }),
        ]
      : []),
    ...(rules.patch
      ? [
          route("PATCH", "/Users/:id", { headers, body: patchBody, contentType: SCIM_TYPE }, (request) => {
            const user = found(request.params["id"]);
            return write(user, patched(user, request.body.Operations, request, rules));
          }),
        ]
      : []),
    ...(rules.delete
      ? [
          route("DELETE", "/Users/:id", { headers }, ({ params }) => {
            state.removeUser(found(params["id"]).id);
            return empty(204);
          }),
        ]
      : []),
  ];
}

/** A PATCH as RFC 7644 section 3.5.2 has it. */
export const patchBody = z.strictObject({
  schemas: z.tuple([z.literal("urn:ietf:params:scim:api:messages:2.0:PatchOp")]),
  Operations: z
    .array(
      z.strictObject({
        op: z.enum(["add", "replace", "remove"]),
        path: z.string().min(1),
        value: z.unknown().optional(),
      }),
    )
    .min(1),
});

function userBody({ stores, others, groupSchemas }: ScimVendorRules) {
  const text = z.string().min(1);
  const all: Readonly<Record<string, z.ZodType>> = {
    userName: z.email(),
    externalId: text,
    displayName: text,
    name: z.strictObject({ givenName: text.optional(), familyName: text.optional(), formatted: text.optional() }),
    emails: z.array(z.strictObject({ value: z.email(), type: text, primary: z.boolean() })),
    timezone: text,
    locale: text,
    active: z.boolean(),
  };
  const attributes = stores.map((name) => [name, (all[name] ?? z.unknown()).optional()] as const);
  const groups = groupSchemas.map((urn) => [urn, z.strictObject({ group: text }).optional()] as const);
  const shape = {
    ...Object.fromEntries([...attributes, ...groups]),
    schemas: z.array(z.enum([CORE, ...groupSchemas])).refine((urns) => urns.includes(CORE)),
    userName: z.email(),
  };
  return others === "refused" ? z.strictObject(shape) : z.looseObject(shape);
}

function stored(body: Attributes, { stores, groupSchemas }: ScimVendorRules): Attributes {
  return Object.fromEntries(Object.entries(body).filter(([name]) => [...stores, ...groupSchemas].includes(name)));
}

function patched(
  user: Held,
  operations: z.output<typeof patchBody>["Operations"],
  request: TwinRequest,
  rules: ScimVendorRules,
): Attributes {
  return operations.reduce<Attributes>((attributes, { op, path, value }) => {
    const first = path.split(/[.[]/)[0] ?? "";
    const isKnown = rules.stores.includes(first) || rules.groupSchemas.some((urn) => path === `${urn}:group`);
    if (!isKnown) request.violate(`the attribute ${path} is not one of ${rules.name}'s`);
    const after = isKnown ? patchUser(attributes, { op, path, value }, rules.groupSchemas) : "invalidPath";
    if (typeof after !== "string") return after;
    throw new TwinRefusal(scimError(400, "The operation cannot be carried out.", after));
  }, user.attributes);
}

function refuse(fault: StateFault, { noSeat }: ScimVendorRules): never {
  if (fault === "taken") throw new TwinRefusal(scimError(409, "The userName is taken.", "uniqueness"));
  if (fault === "domain") throw new TwinRefusal(scimError(400, "User must exist on a verified domain", "invalidValue"));
  throw new TwinRefusal(scimError(noSeat?.status ?? 500, noSeat?.detail ?? ""));
}

function checkVersion({ version }: Held, { headers }: TwinRequest, rules: ScimVendorRules): void {
  const wanted = headers["if-match"];
  if (wanted === undefined || wanted === `W/"${version}"`) return;
  throw new TwinRefusal(scimError(rules.versions ? 412 : 400, "The user was changed in between."));
}

function filtered(users: readonly Held[], filter: string | undefined, rules: ScimVendorRules): readonly Held[] {
  if (filter === undefined || rules.otherFilters === "everybody") return users;
  const [, name = "", quoted = ""] = /^([\w.]+) eq ("(?:[^"\\]|\\.)*")$/.exec(filter) ?? [];
  if (!rules.filters.includes(name)) {
    if (rules.otherFilters === "empty") return [];
    throw new TwinRefusal(scimError(400, "The filter is not supported.", "invalidFilter"));
  }
  const wanted = String(JSON.parse(quoted)).toLowerCase();
  return users.filter(({ attributes }) => {
    const value = attributes[name];
    return typeof value === "string" && value.toLowerCase() === wanted;
  });
}

/** A user as it is shown. */
export function showUser(user: Held, state: ScimState, rules: ScimVendorRules): Attributes {
  const { id, version, attributes } = user;
  const groups = state.groups().filter((group) => memberIds(group).includes(id));
  return {
    schemas: [CORE, ...rules.groupSchemas.filter((urn) => attributes[urn] !== undefined)],
    id,
    ...attributes,
    ...(rules.groups === "resource" && rules.usersShowGroups
      ? {
          groups: groups.map((group) => ({
            value: group.id,
            display: group.attributes["displayName"],
            type: "direct",
          })),
        }
      : {}),
    meta: { resourceType: "User", ...(rules.versions ? { version: `W/"${version}"` } : {}) },
  };
}
