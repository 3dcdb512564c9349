import { z } from "zod";
import { route, type TwinRoute } from "../kit/route.ts";
import { refuse, showMembership, showTeam, success } from "./answers.ts";
import { number, pageOf, paging } from "./people-routes.ts";
import { addMembership, membershipIn, membershipsOf } from "./state.ts";
import type { CalcomState } from "./state.ts";

const team = z.object({ org: number, team: number });
const teamMembership = z.object({ org: number, team: number, membership: number });
const body = z.strictObject({
  userId: z.int(),
  role: z.enum(["MEMBER", "ADMIN", "OWNER"]),
  accepted: z.boolean().exactOptional(),
});

/** Teams of the organisation, and who is in them. */
export function teamRoutes(state: CalcomState): readonly TwinRoute[] {
  const path = "/organizations/:org/teams";
  const mustExist = (id: number): void => {
    if (!state.teams.has(id)) refuse(404, "NotFoundException", `Team (${id}) not found.`);
  };
  return [
    route("GET", path, { query: z.strictObject(paging), list: "teams" }, ({ query }) =>
      success(
        200,
        pageOf([...state.teams.values()], query).map((one) => showTeam(state, one)),
      ),
    ),
    route("POST", path, { body: z.strictObject({ name: z.string().min(1).max(155) }) }, ({ body: { name } }) => {
      const slug = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
      if ([...state.teams.values()].some((one) => one.slug === slug)) refuse(409, "CONFLICT", EXISTS);
      const made = { id: state.nextId(), name, slug };
      state.teams.set(made.id, made);
      // Whoever made the key owns the team.
      addMembership(state, { user: state.keyOwner, team: made.id, role: "OWNER", accepted: true });
      return success(201, showTeam(state, made));
    }),
    route("GET", `${path}/:team/memberships`, { params: team, query: z.strictObject(paging) }, ({ params, query }) => {
      mustExist(params.team);
      const found = pageOf(membershipsOf(state, params.team), query);
      return success(
        200,
        found.map((one) => showMembership(state, one)),
      );
    }),
    route(
      "POST",
      `${path}/:team/memberships`,
      { params: team, body },
      ({ params, body: { userId, role, accepted } }) => {
        mustExist(params.team);
        if ((state.users.get(userId)?.profile ?? null) === null) {
          refuse(422, "UnprocessableEntityException", "User is not part of the Organization");
        }
        if (membershipIn(state, params.team, userId) !== undefined) refuse(409, "CONFLICT", EXISTS);
        const made = addMembership(state, { user: userId, team: params.team, role, accepted: accepted ?? false });
        return success(201, showMembership(state, made));
      },
    ),
    route("DELETE", `${path}/:team/memberships/:membership`, { params: teamMembership }, (request) => {
      const { team: inTeam, membership: id } = request.params;
      mustExist(inTeam);
      if (state.users.has(id)) request.violate("that is the id of a user, not of a membership");
      const found = state.memberships.get(id);
      if (found?.team !== inTeam) return refuse(404, "NOT_FOUND", "Invalid Query: The requested record was not found.");
      state.memberships.delete(id);
      return success(200, showMembership(state, found));
    }),
  ];
}

const EXISTS = "Invalid Input: Trying to create a record that already exists.";
