import { json, TwinRefusal, type TwinAnswer } from "../kit/answers.ts";
import type { CalcomBooking, CalcomMembership, CalcomState, CalcomTeam, CalcomUser } from "./state.ts";

/** A success, in the envelope. */
export function success(status: number, data: unknown, more: Readonly<Record<string, unknown>> = {}): TwinAnswer {
  return json(status, { status: "success", data, ...more });
}

/** A refusal, in the envelope. `code` is the name of an exception, or of a status where a library threw it. */
export function refusal(status: number, code: string, message: string): TwinAnswer {
  const error = { code, message };
  return json(status, { status: "error", timestamp: "2026-11-23T09:00:00.000Z", path: "/v2/…", error });
}

/** Ends a handler with a refusal that is documented. */
export function refuse(status: number, code: string, message: string): never {
  throw new TwinRefusal(refusal(status, code, message));
}

export function showUser({ version, organization }: CalcomState, user: CalcomUser): unknown {
  const { id, email, username, name, timeZone, locale, metadata } = user;
  const profile = { id: user.profile, organizationId: organization, userId: id, username };
  const shown = { id, email, username, name, timeZone, weekStart: "Sunday", locale, createdDate: CREATED, profile };
  return version === "older" ? shown : { ...shown, metadata };
}

const CREATED = "2025-01-01T00:00:00.000Z";

export function showMembership({ version, users }: CalcomState, membership: CalcomMembership): unknown {
  const { id, user, team, role, accepted } = membership;
  const shown = { id, userId: user, teamId: team, role, accepted, disableImpersonation: false };
  const whose = users.get(user);
  if (version === "older" || whose === undefined) return shown;
  const { username, name, email, metadata } = whose;
  return { ...shown, user: { avatarUrl: null, username, name, email, bio: null, metadata } };
}

export function showTeam({ organization }: CalcomState, { id, name, slug }: CalcomTeam): unknown {
  return { id, parentId: organization, name, slug, isOrganization: false, timeZone: "Europe/London" };
}

export function showBooking({ users }: CalcomState, booking: CalcomBooking): unknown {
  const { uid, status, start, end, host, series, attendees } = booking;
  const { id, name, username, timeZone } = users.get(host) ?? { id: "unknown", name: "", username: "", timeZone: "" };
  return {
    id: Number(uid.slice(-4)),
    uid,
    title: "Intro call",
    status,
    start,
    end,
    hosts: [{ id, name, username, timeZone }],
    attendees: attendees.map((email) => ({ name: email, email, timeZone: "Europe/Berlin", absent: false })),
    ...(series === null ? {} : { recurringBookingUid: series }),
  };
}
