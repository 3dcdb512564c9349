import { z } from "zod";
import { empty, json, TwinRefusal } from "../kit/answers.ts";
import { route, type TwinRoute } from "../kit/route.ts";
import { eventRoutes } from "./event-routes.ts";
import { denied, notFound, page, paging, refusal } from "./pages.ts";
import { mustBeAdmin, mustBeOurs, uriOf } from "./rights.ts";
import { addInvitation, dropRelationships, membershipOf, removeMember, userByEmail } from "./state.ts";
import type { CalendlyInvitation, CalendlyState } from "./state.ts";
import { createCalendlyShapes } from "./wire.ts";

const BOUGHT =
  "You already sent all the invitations you're allotted based upon the number of seats purchased with your account. " +
  "Please purchase more seats to send more invitations.";
const TRIAL = "You already sent all the invitations allotted to you with a trial account.";
const SCIM_ON = "You cannot perform this action for an organization with SCIM enabled.";

/** Calendly's REST API as its documentation has it, as far as anybody provisions by it. */
export function calendlyRoutes(state: CalendlyState): readonly TwinRoute[] {
  return [...peopleRoutes(state), ...invitationRoutes(state), ...groupRoutes(state), ...eventRoutes(state)];
}

function peopleRoutes(state: CalendlyState): readonly TwinRoute[] {
  const role = z.enum(["owner", "admin", "user"]);
  const filter = { organization: uriOf("organizations"), user: uriOf("users"), email: z.string().min(3), role };
  return [
    route("GET", "/users/me", {}, ({ baseUrl }) => {
      const me = state.users.get(state.tokenOwner);
      return me === undefined ? notFound() : json(200, { resource: createCalendlyShapes(state, baseUrl).me(me) });
    }),
    route(
      "GET",
      "/organization_memberships",
      { query: z.strictObject({ ...optional(filter), ...paging }), list: "memberships" },
      (request) => {
        const { organization, user, email, role: wanted } = request.query;
        if (organization === undefined && user === undefined) {
          throw new TwinRefusal(refusal(400, "Invalid Argument", "The supplied parameters are invalid."));
        }
        if (organization !== undefined) mustBeOurs(state, organization);
        mustBeAdmin(state);
        const found = [...state.memberships.values()].filter((one) => {
          const address = state.users.get(one.user)?.email;
          return (
            (user === undefined || one.user === user) &&
            (email === undefined || address === email.toLowerCase()) &&
            (wanted === undefined || one.role === wanted)
          );
        });
        return page(request, found, createCalendlyShapes(state, request.baseUrl).membership);
      },
    ),
    route("GET", "/organization_memberships/:id", {}, ({ params, baseUrl }) => {
      const found = state.memberships.get(params["id"] ?? "");
      if (found === undefined) return notFound();
      return json(200, { resource: createCalendlyShapes(state, baseUrl).membership(found) });
    }),
    route("DELETE", "/organization_memberships/:id", {}, ({ params }) => {
      mustBeAdmin(state);
      if (state.hasScim) return denied(SCIM_ON);
      const found = state.memberships.get(params["id"] ?? "");
      if (found === undefined) return notFound();
      if (found.role === "owner") return denied("You can not change owner role");
      if (found.user === state.tokenOwner) return denied();
      removeMember(state, found.id);
      return empty(204);
    }),
  ];
}

function invitationRoutes(state: CalendlyState): readonly TwinRoute[] {
  const params = z.object({ org: z.string(), id: z.string() });
  const one = ({ org, id }: z.output<typeof params>): CalendlyInvitation => {
    mustBeOurs(state, org);
    const found = state.invitations.get(id);
    if (found === undefined) throw new TwinRefusal(notFound());
    return found;
  };
  const query = z.strictObject({
    status: z.enum(["pending", "accepted", "declined"]).exactOptional(),
    email: z.string().min(3).exactOptional(),
    sort: z.enum(["created_at:asc", "created_at:desc"]).exactOptional(),
    ...paging,
  });
  return [
    route("GET", "/organizations/:org/invitations", { query, list: "invitations" }, (request) => {
      mustBeOurs(state, request.params["org"] ?? "");
      mustBeAdmin(state);
      const { status, email, sort } = request.query;
      const found = [...state.invitations.values()].filter(
        (invitation) =>
          (status === undefined || invitation.status === status) &&
          (email === undefined || invitation.email === email.toLowerCase()),
      );
      const sorted = sort === "created_at:desc" ? found.reverse() : found;
      return page(request, sorted, createCalendlyShapes(state, request.baseUrl).invitation);
    }),
    route("GET", "/organizations/:org/invitations/:id", { params }, (request) =>
      json(200, { resource: createCalendlyShapes(state, request.baseUrl).invitation(one(request.params)) }),
    ),
    route("POST", "/organizations/:org/invitations", { body: z.strictObject({ email: z.string() }) }, (request) => {
      mustBeOurs(state, request.params["org"] ?? "");
      mustBeAdmin(state);
      const invitation = invite(state, request.body.email);
      return json(201, { resource: createCalendlyShapes(state, request.baseUrl).invitation(invitation) });
    }),
    route("DELETE", "/organizations/:org/invitations/:id", { params }, (request) => {
      mustBeAdmin(state);
      if (state.hasScim) return denied(SCIM_ON);
      const { id, status } = one(request.params);
      if (status === "accepted") {
        return refusal(400, "Invitation Already Accepted", "This invitation was accepted already.");
      }
      state.invitations.delete(id);
      dropRelationships(state, id);
      return empty(204);
    }),
  ];
}

/** In the order in which Calendly looks at it. */
function invite(state: CalendlyState, email: string): CalendlyInvitation {
  if (state.hasScim) throw new TwinRefusal(denied(SCIM_ON));
  if (!/^[^@\s]+@[^@\s]+\.[^@\s]+$/.test(email)) {
    throw new TwinRefusal(refusal(400, "Invalid Email", "The e-mail is not valid."));
  }
  const address = email.toLowerCase();
  const user = userByEmail(state, address);
  if (user !== undefined && membershipOf(state, user.id) !== undefined) {
    throw new TwinRefusal(
      refusal(400, "Already Organization Member", "The user is a member of the organization already."),
    );
  }
  const pending = [...state.invitations.values()].filter(({ status }) => status === "pending");
  if (pending.some((one) => one.email === address)) {
    throw new TwinRefusal(refusal(400, "Already Invited", "The user was invited already."));
  }
  if (state.seats !== null && state.memberships.size + pending.length >= state.seats) {
    throw new TwinRefusal(denied(state.isTrial ? TRIAL : BOUGHT));
  }
  return addInvitation(state, address);
}

function groupRoutes(state: CalendlyState): readonly TwinRoute[] {
  const organization = uriOf("organizations");
  const owner = z.union([uriOf("organization_memberships"), uriOf("organizations/[\\w-]+/invitations")]);
  const query = z.strictObject({ organization, ...optional({ owner, group: uriOf("groups") }), ...paging });
  return [
    route("GET", "/groups", { query: z.strictObject({ organization, ...paging }), list: "groups" }, (request) => {
      mustBeOurs(state, request.query.organization);
      return page(request, [...state.groups.values()], createCalendlyShapes(state, request.baseUrl).group);
    }),
    route("GET", "/group_relationships", { query, list: "relationships" }, (request) => {
      mustBeOurs(state, request.query.organization);
      const { owner: whose, group } = request.query;
      const found = [...state.relationships.values()].filter(
        (one) => (whose === undefined || one.owner === whose) && (group === undefined || one.group === group),
      );
      return page(request, found, createCalendlyShapes(state, request.baseUrl).relationship);
    }),
  ];
}

type Optional<S extends Readonly<Record<string, z.ZodType>>> = { [K in keyof S]: z.ZodExactOptional<S[K]> };

function optional<S extends Readonly<Record<string, z.ZodType>>>(shape: S): Optional<S> {
  const entries = Object.entries(shape).map(([key, schema]) => [key, z.exactOptional(schema)]);
  return Object.fromEntries(entries) as Optional<S>;
}
