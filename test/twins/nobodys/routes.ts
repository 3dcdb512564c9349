import { z } from "zod";
import { json, TwinRefusal } from "../kit/answers.ts";
import { route, wholeNumber, type TwinRoute } from "../kit/route.ts";
import { inBerlin } from "./local-time.ts";
import type { NobodysBooking, NobodysMember, NobodysState, NobodysTeam } from "./state.ts";

const MOST = 50;
const MOST_DAYS = 31;
const LOCAL = /^\d{4}-\d\d-\d\d \d\d:\d\d$/;

const paged = { page: wholeNumber(1, 100_000), length: wholeNumber(1, MOST) };
const numbered = z.object({ id: wholeNumber(1, 1e9) });
const settings = z.strictObject({
  email: z.email(),
  fullName: z.string().min(1),
  timezone: z.string().min(1).nullable().exactOptional(),
});
const changes = z.strictObject({
  email: z.email().exactOptional(),
  fullName: z.string().min(1).exactOptional(),
  timezone: z.string().min(1).nullable().exactOptional(),
});
const ok = json(200, { ok: true });

/** Every refusal is a 500 with a sentence. */
function refuse(message: string): never {
  throw new TwinRefusal(json(500, { message }));
}

/** The operations of Nobody's Scheduler. */
export function nobodysRoutes(state: NobodysState, nowMs: () => number): readonly TwinRoute[] {
  return [...memberRoutes(state), ...teamRoutes(state), ...bookingRoutes(state, nowMs)];
}

function memberRoutes(state: NobodysState): readonly TwinRoute[] {
  const { members } = state;
  return [
    route(
      "GET",
      "/members",
      { query: z.strictObject({ ...paged, q: z.string().exactOptional() }), list: "accounts" },
      ({ query: { page, length, q = "" } }) => {
        const found = [...members.values()].filter((one) => one.settings.email.includes(q.toLowerCase()));
        return json(
          200,
          pageOf(found, page, length).map((one) => shownMember(state, one)),
        );
      },
    ),
    route("GET", "/members/:id", { params: numbered }, ({ params }) =>
      json(200, shownMember(state, memberOf(state, params.id))),
    ),
    route("POST", "/members", { body: z.strictObject({ settings }) }, ({ body }) => {
      const email = freeEmail(state, body.settings.email, null);
      const memberId = state.nextId();
      members.set(memberId, { memberId, settings: { timezone: null, ...body.settings, email }, admin: false });
      return json(200, { memberId });
    }),
    route("PUT", "/members/:id", { params: numbered, body: z.strictObject({ settings: changes }) }, (request) => {
      const member = memberOf(state, request.params.id);
      const { email = member.settings.email, ...others } = request.body.settings;
      const own = { ...member.settings, ...others, email: freeEmail(state, email, member.memberId) };
      members.set(member.memberId, { ...member, settings: own });
      return ok;
    }),
    route("DELETE", "/members/:id", { params: numbered }, ({ params }) => {
      const { memberId } = memberOf(state, params.id);
      members.delete(memberId);
      for (const booking of state.bookings.values()) {
        // Silently: guests come to a meeting that nobody holds.
        if (booking.memberId === memberId) state.bookings.delete(booking.bookingId);
      }
      return ok;
    }),
  ];
}

function teamRoutes(state: NobodysState): readonly TwinRoute[] {
  const { teams } = state;
  const title = z.string().min(1);
  return [
    route("GET", "/teams", { query: z.strictObject(paged) }, ({ query: { page, length } }) =>
      json(
        200,
        pageOf([...teams.values()], page, length).map(({ teamId, title: name }) => ({ teamId, title: name })),
      ),
    ),
    route("POST", "/teams", { body: z.strictObject({ settings: z.strictObject({ title }) }) }, ({ body }) => {
      const teamId = state.nextId();
      teams.set(teamId, { teamId, title: body.settings.title, memberIds: new Set() });
      return json(200, { teamId });
    }),
    route(
      "POST",
      "/teams/:id/members",
      { params: numbered, body: z.strictObject({ memberId: z.int() }) },
      ({ params, body }) => {
        const team = teamOf(state, params.id);
        const { memberId } = memberOf(state, body.memberId);
        if (team.memberIds.has(memberId)) refuse("Already a member of this team.");
        teams.set(team.teamId, { ...team, memberIds: new Set([...team.memberIds, memberId]) });
        return ok;
      },
    ),
    route(
      "DELETE",
      "/teams/:id/members/:member",
      { params: numbered.extend({ member: wholeNumber(1, 1e9) }) },
      ({ params }) => {
        const team = teamOf(state, params.id);
        if (!team.memberIds.has(params.member)) refuse("Not a member of this team.");
        const memberIds = new Set([...team.memberIds].filter((one) => one !== params.member));
        teams.set(team.teamId, { ...team, memberIds });
        return ok;
      },
    ),
  ];
}

function bookingRoutes(state: NobodysState, nowMs: () => number): readonly TwinRoute[] {
  const local = z.string().regex(LOCAL, "must be a local time such as 2026-01-05 10:30");
  return [
    route(
      "GET",
      "/members/:id/bookings",
      { params: numbered, query: z.strictObject({ ...paged, from: local, until: local }) },
      ({ params, query: { page, length, from, until }, violate }) => {
        const { memberId } = memberOf(state, params.id);
        if (daysBetween(from, until) > MOST_DAYS) violate(`more than ${MOST_DAYS} days were asked for`);
        const found = [...state.bookings.values()].filter(
          (one) => one.memberId === memberId && inBerlin(one.startMs) >= from && inBerlin(one.startMs) < until,
        );
        return json(200, pageOf(found, page, length).map(shownBooking));
      },
    ),
    route(
      "POST",
      "/bookings/:id/cancel",
      { body: z.strictObject({ settings: z.strictObject({ message: z.string().max(1_000) }) }) },
      ({ params }) => {
        const booking = state.bookings.get(params["id"] ?? "") ?? refuse("Booking not found.");
        if (booking.state === "cancelled") refuse("Booking is already cancelled.");
        if (booking.endMs < nowMs()) refuse("Booking is over.");
        state.bookings.set(booking.bookingId, { ...booking, state: "cancelled" });
        state.mails += booking.guests.length;
        return ok;
      },
    ),
  ];
}

function pageOf<T>(all: readonly T[], page: number, length: number): readonly T[] {
  return all.slice((page - 1) * length, page * length);
}

function memberOf({ members }: NobodysState, id: number): NobodysMember {
  return members.get(id) ?? refuse("Member not found.");
}

function teamOf({ teams }: NobodysState, id: number): NobodysTeam {
  return teams.get(id) ?? refuse("Team not found.");
}

function freeEmail({ members }: NobodysState, given: string, own: number | null): string {
  const email = given.toLowerCase();
  for (const { memberId, settings: theirs } of members.values()) {
    if (theirs.email === email && memberId !== own) refuse("E-mail address already in use.");
  }
  return email;
}

function shownMember({ teams }: NobodysState, { memberId, settings: own, admin }: NobodysMember): unknown {
  const theirs = [...teams.values()].filter(({ memberIds }) => memberIds.has(memberId));
  return { memberId, settings: own, admin, teams: theirs.map(({ teamId }) => teamId) };
}

function shownBooking({ bookingId, startMs, endMs, state, guests }: NobodysBooking): unknown {
  return { bookingId, start: inBerlin(startMs), end: inBerlin(endMs), state, guests };
}

function daysBetween(from: string, until: string): number {
  return (Date.parse(`${until.replace(" ", "T")}Z`) - Date.parse(`${from.replace(" ", "T")}Z`)) / 86_400_000;
}
