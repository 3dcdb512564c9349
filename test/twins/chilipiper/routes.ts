import { z } from "zod";
import { empty, json, plain, type TwinAnswer } from "../kit/answers.ts";
import { route, wholeNumber, type TwinRequest, type TwinRoute } from "../kit/route.ts";
import type { ChiliPiperState, ChiliUser, Meeting, Team } from "./state.ts";

const WEEK_MS = 7 * 86_400_000;
const DEFAULT_PAGE = 10;
const MOST_PER_PAGE = 50;

const anId = z.string().regex(/^[^\s/]+$/, "is no id");
const ids = z.array(anId).min(1);
const texts = z.array(z.string()).min(1);
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const queryPage = {
  page: wholeNumber(0, 1_000_000).exactOptional(),
  pageSize: wholeNumber(1, MOST_PER_PAGE).exactOptional(),
};
const bodyPage = { page: z.int().min(0).exactOptional(), pageSize: z.int().min(1).max(MOST_PER_PAGE).exactOptional() };
const licences = z.strictObject({
  distro: z.boolean(),
  chiliCalOrg: z.boolean(),
  concierge: z.boolean(),
  conciergeLive: z.boolean(),
  chat: z.boolean(),
  handoff: z.boolean(),
});
const meetingSearch = z
  .strictObject({
    start: time,
    end: time,
    hostIds: ids.exactOptional(),
    assigneeIds: ids.exactOptional(),
    workspaceIds: ids.exactOptional(),
    status: z
      .array(z.enum(["Active", "Canceled", "NoShow", "Completed"]))
      .min(1)
      .exactOptional(),
    ...bodyPage,
  })
  .refine(({ start, end }) => start < end && end - start <= WEEK_MS, "is a window of no time, or of more than 7 days");

type Page = { readonly page?: number | undefined; readonly pageSize?: number | undefined };

/** The operations of the Edge API over a state. */
export function chiliPiperRoutes(state: ChiliPiperState): readonly TwinRoute[] {
  return [
    tenantRoute(),
    ...userRoutes(state),
    licenceRoute(state),
    workspaceRoute(state, "add", (workspaces, one) => [...new Set([...workspaces, one])]),
    workspaceRoute(state, "remove", (workspaces, one) => workspaces.filter((id) => id !== one)),
    ...teamRoutes(state),
    ...meetingRoutes(state),
  ];
}

function tenantRoute(): TwinRoute {
  return route("GET", "/v1/org/tenant/get", {}, () => {
    const tenantData = { tenantId: "acme.app3", cluster: "app3", subdomain: "acme" };
    return json(200, { type: "Organization", tenantData, domains: ["acme.example"] });
  });
}

function userRoutes(state: ChiliPiperState): readonly TwinRoute[] {
  const everybody = (): readonly ChiliUser[] => [...state.users.values()];
  const all = z.strictObject({ workspaceId: anId.exactOptional(), ...queryPage });
  const search = z.strictObject({ query: z.string().min(1), ...queryPage });
  return [
    route("GET", "/v1/org/workspace/users", { query: all, list: "accounts" }, ({ query }) =>
      page(everybody().map(userItem), query),
    ),
    // A part of the address or of the name is enough.
    route("GET", "/v1/org/user/find", { query: search }, ({ query }) => {
      const part = query.query.toLowerCase();
      const found = everybody().filter((user) =>
        [user.email, user.name].some((text) => text.toLowerCase().includes(part)),
      );
      return page(found.map(userItem), query);
    }),
    route(
      "POST",
      "/v1/org/user/find-by-id",
      { query: z.strictObject(queryPage), body: texts, writes: false },
      (request) => {
        if (request.body.some((id) => !anId.safeParse(id).success)) return plain(400, "Invalid value for: body");
        const found = everybody().filter(({ id }) => request.body.includes(id));
        return page(found.map(userItem), request.query);
      },
    ),
  ];
}

/**
 * That `update` is a map by user id is the schema's word; the prose beside it has a list. What stands for each user is
 * taken to be what a read shows. How a lack of seats is worded is not documented.
 */
function licenceRoute(state: ChiliPiperState): TwinRoute {
  const body = z.strictObject({ update: z.record(anId, licences) });
  return route("POST", "/v1/org/user/licenses", { body }, ({ body: { update } }) => {
    const wanted = new Map(Object.entries(update));
    if ([...wanted.keys()].some((id) => !state.users.has(id))) return problem(404, "UserNotFound");
    if (!state.fits(wanted)) return problem(422, "LicensesLimitExceeded", "Organization does not have enough licenses");
    for (const [id, licenses] of wanted) {
      const user = state.users.get(id);
      if (user !== undefined) state.putUser({ ...user, licenses });
    }
    return empty(200);
  });
}

function teamRoutes(state: ChiliPiperState): readonly TwinRoute[] {
  const search = z.strictObject({
    workspaceIds: ids.exactOptional(),
    name: z.string().exactOptional(),
    member: ids.exactOptional(),
    ...bodyPage,
  });
  const team = z.strictObject({ workspaceId: anId, name: z.string().min(1), members: z.array(anId).exactOptional() });
  return [
    route("PUT", "/v2/org/team", { body: search, writes: false, list: "groups" }, ({ body }) => {
      const { name = "", member = [] } = body;
      const isMeant = (one: Team): boolean => one.name.includes(name) && member.every((id) => one.members.includes(id));
      return page([...state.teams.values()].filter(isMeant).map(teamItem), body);
    }),
    // Two teams may have one name.
    route("POST", "/v2/org/team/create", { body: team }, ({ body: { workspaceId, name, members } }) => {
      if (workspaceId !== state.workspaceId) return problem(404, "WorkspaceNotFound");
      return json(200, teamItem(state.addTeam(name, members)));
    }),
    memberRoute(state, "add", (members, given) => [...new Set([...members, ...given])]),
    memberRoute(state, "remove", (members, given) => members.filter((id) => !given.includes(id))),
  ];
}

/** Whoever is in, or out, already is passed over. Teams are a matter of their own. */
function workspaceRoute(
  state: ChiliPiperState,
  verb: "add" | "remove",
  change: (workspaces: readonly string[], workspace: string) => readonly string[],
): TwinRoute {
  const body = z.strictObject({ workspaceId: anId, userIds: ids });
  return route("POST", `/v1/org/workspace/users/${verb}`, { body }, ({ body: { workspaceId, userIds } }) => {
    if (userIds.some((id) => !state.users.has(id))) return problem(404, "UserNotFound");
    for (const user of userIds.flatMap((id) => state.users.get(id) ?? [])) {
      state.putUser({ ...user, workspaces: change(user.workspaces, workspaceId) });
    }
    return empty(200);
  });
}

function memberRoute(
  state: ChiliPiperState,
  verb: "add" | "remove",
  change: (members: readonly string[], given: readonly string[]) => readonly string[],
): TwinRoute {
  const body = z.strictObject({ teamId: anId, userIds: ids });
  return route("POST", `/v1/org/team/users/${verb}`, { body }, ({ body: { teamId, userIds } }) => {
    const team = state.teams.get(teamId);
    if (team === undefined) return problem(404, "TeamNotFound");
    if (userIds.some((id) => !state.users.has(id))) return problem(404, "UserNotFound");
    const changed = { ...team, members: change(team.members, userIds) };
    state.putTeam(changed);
    return json(200, teamItem(changed));
  });
}

function meetingRoutes(state: ChiliPiperState): readonly TwinRoute[] {
  const one = { params: z.object({ id: z.uuid() }) };
  const byId = ({ params }: TwinRequest<{ id: string }>): Meeting | undefined => state.meetings.get(params.id);
  return [
    route("PUT", "/v2/org/meetings/meetings", { body: meetingSearch, writes: false, list: "bookings" }, ({ body }) => {
      const { start, end, hostIds, status } = body;
      const found = [...state.meetings.values()].filter(
        (meeting) =>
          meeting.startsMs >= start &&
          meeting.startsMs < end &&
          (hostIds?.includes(meeting.host) ?? true) &&
          (status?.includes(meeting.status) ?? true),
      );
      const { items, isLast } = cut(found, body);
      const data = items.map((meeting) => meetingItem(meeting, state));
      return json(200, { data, hasMore: isLast ? "No" : "Yes", hasMoreItems: !isLast });
    }),
    route("GET", "/v1/org/meetings/get/:id", one, (request) => {
      const meeting = byId(request);
      if (meeting === undefined) return problem(404, "MeetingNotFound");
      const activities = [{ type: "ScheduledAt", at: new Date(meeting.startsMs).toISOString() }];
      return json(200, { data: { id: meeting.id, meetingStatus: meeting.status, activities }, hasMore: "No" });
    }),
    route("GET", "/v1/org/meetings/cancel/:id", { ...one, writes: true }, (request) => {
      const meeting = byId(request);
      if (meeting === undefined) return problem(404, "MeetingNotFound");
      if (meeting.status === "Active") {
        state.cancel(meeting);
        return json(200, { type: "Success" });
      }
      request.violate("nobody knows whether the guests of a meeting that is cancelled twice are told twice");
      return json(200, { type: "Failure" });
    }),
  ];
}

function userItem({ workspaces, ...user }: ChiliUser): unknown {
  return { ...user, ...(workspaces.length === 0 ? {} : { workspaces }), managedTeams: [] };
}

/** Without members, the list of them is left out. */
function teamItem({ id, workspaceId, name, members }: Team): unknown {
  return { id, workspaceId, name, ...(members.length === 0 ? {} : { members }), metadata: {} };
}

function meetingItem({ id, host, startsMs, status, attendees }: Meeting, { workspaceId }: ChiliPiperState): unknown {
  return {
    meetingId: id,
    status,
    scheduledAt: new Date(startsMs).toISOString(),
    attendees: attendees.map((email) => ({ email })),
    assignedUserId: host,
    workspaceId,
  };
}

/** A page as the Edge API has it: without results, the list of them is left out. */
function page(all: readonly unknown[], asked: Page): TwinAnswer {
  const { items } = cut(all, asked);
  const { page: number = 0, pageSize = DEFAULT_PAGE } = asked;
  return json(200, { ...(items.length === 0 ? {} : { results: items }), total: all.length, page: number, pageSize });
}

function cut<T>(all: readonly T[], { page: number = 0, pageSize = DEFAULT_PAGE }: Page) {
  const end = (number + 1) * pageSize;
  return { items: all.slice(number * pageSize, end), isLast: end >= all.length };
}

function problem(status: number, errorCode: string, errorMessage = errorCode): TwinAnswer {
  return json(status, { errorCode, errorMessage, arguments: {} });
}
