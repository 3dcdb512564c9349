import { z } from "zod";
import { empty, html, json, type TwinAnswer } from "../kit/answers.ts";
import { route, type TwinRequest, type TwinRoute } from "../kit/route.ts";
import type { Sessions } from "./sessions.ts";
import type { LibreBookingState, User } from "./state.ts";
import {
  errors,
  groupList,
  groupRecord,
  phpTime,
  reservationItem,
  reservationRecord,
  userItem,
  userRecord,
} from "./wire.ts";

const DELETED = { message: "The item was deleted" };
const NOT_FOUND = { message: "The requested resource was not found" };
const TWO_WEEKS_MS = 14 * 86_400_000;

const words = z.string().regex(/\S/, "must not be empty");
const zone = z.string().refine((name) => isTimeZone(name), "is no time zone that PHP knows");
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const anId = z.string().regex(/^\d{1,9}$/, "is no number");
const ids = z.array(z.int().min(1));

const person = {
  firstName: words,
  lastName: words,
  emailAddress: z.email(),
  userName: words,
  timezone: zone,
  phone: z.string().nullable().exactOptional(),
  organization: z.string().nullable().exactOptional(),
  position: z.string().nullable().exactOptional(),
  customAttributes: z.array(z.strictObject({ attributeId: z.int(), attributeValue: z.string() })).exactOptional(),
  groups: ids.exactOptional(),
};
const newUser = z.strictObject({
  ...person,
  password: z.string().min(6),
  language: z.string().regex(/^[a-z]{2}_[a-z]{2}$/),
});
const wholeUser = z.strictObject(person);

/** The operations of the interface over a state. */
export function libreBookingRoutes(
  state: LibreBookingState,
  sessions: Sessions,
  now: () => number,
): readonly TwinRoute[] {
  return [...loginRoutes(sessions), ...userRoutes(state), ...groupRoutes(state), ...reservationRoutes(state, now)];
}

function loginRoutes(sessions: Sessions): readonly TwinRoute[] {
  const body = z.strictObject({ username: z.string(), password: z.string() });
  return [
    route(
      "POST",
      "/Authentication/Authenticate",
      { body, guarded: false, writes: false },
      ({ body: { username, password } }) => {
        const session = sessions.begin(username, password);
        if (session === null) {
          return json(200, { isAuthenticated: false, message: "Login failed. Invalid username or password." });
        }
        const { token, userId, expiresMs } = session;
        const expires = { sessionExpires: phpTime(expiresMs) };
        return json(200, {
          sessionToken: token,
          ...expires,
          userId: String(userId),
          isAuthenticated: true,
          version: "2.9",
        });
      },
    ),
  ];
}

function userRoutes(state: LibreBookingState): readonly TwinRoute[] {
  const search = z.strictObject({ email: z.string().exactOptional(), username: z.string().exactOptional() });
  return [
    route("GET", "/Users/", { query: search, list: "accounts" }, ({ query: { email = "", username = "" } }) => {
      const active = [...state.users.values()].filter(({ status }) => status === 1);
      const found = active.filter((user) => holds(user.emailAddress, email) && holds(user.userName, username));
      return json(200, { users: found.map(userItem) });
    }),
    route("GET", "/Users/:id", {}, ({ params }) => {
      const user = state.users.get(Number(params["id"]));
      return user === undefined ? json(404, NOT_FOUND) : json(200, userRecord(user, state));
    }),
    route("POST", "/Users/", { body: newUser }, ({ body }) => {
      const taken = duplicates(state, body);
      if (taken.length > 0) return json(400, errors(...taken));
      const { groups = [], customAttributes = [], ...fields } = body;
      const attributes = customAttributes.map(({ attributeId: id, attributeValue: value }) => ({ id, value }));
      const { id } = state.addUser({ ...fields, attributes });
      join(state, id, groups);
      return json(201, { userId: id });
    }),
    route("POST", "/Users/:id", { params: z.object({ id: anId }), body: wholeUser }, (request) =>
      update(state, request),
    ),
    route("DELETE", "/Users/:id", { params: z.object({ id: anId }) }, ({ params, violate }) => {
      const id = Number(params.id);
      const lost = state.upcomingOf(id).length;
      if (lost > 0) violate(`destroys ${lost} upcoming reservations, and nobody is told`);
      state.removeUser(id);
      return json(200, DELETED);
    }),
  ];
}

/** The whole record: what is not named is lost, but for the groups, which were left alone when this was tried. */
function update(
  state: LibreBookingState,
  { params, body, violate }: TwinRequest<{ id: string }, unknown, z.output<typeof wholeUser>>,
): TwinAnswer {
  const user = state.users.get(Number(params.id));
  if (user === undefined) {
    violate("nobody knows what an update of nobody does");
    return html(500);
  }
  const taken = duplicates(state, body, user.id);
  if (taken.length > 0) return json(400, errors(...taken));
  const { groups, customAttributes = [], phone = null, organization = null, position = null, ...names } = body;
  const attributes = customAttributes.map(({ attributeId: id, attributeValue: value }) => ({ id, value }));
  state.putUser({ ...user, ...names, phone, organization, position, attributes });
  if (groups !== undefined) join(state, user.id, groups);
  return json(200, { message: "The user was updated", userId: String(user.id) });
}

function groupRoutes(state: LibreBookingState): readonly TwinRoute[] {
  const byId = (params: Readonly<Record<string, string>>) => state.groups.get(Number(params["id"]));
  return [
    route("GET", "/Groups/", { list: "groups" }, () => json(200, groupList([...state.groups.values()]))),
    route("GET", "/Groups/:id", {}, ({ params }) => {
      const group = byId(params);
      return group === undefined ? json(404, NOT_FOUND) : json(200, groupRecord(group));
    }),
    route(
      "POST",
      "/Groups/",
      { body: z.strictObject({ name: words, isDefault: z.boolean().exactOptional() }) },
      ({ body }) => {
        const { id } = state.addGroup(body.name, body.isDefault);
        return json(201, { message: "The group was created", groupId: id });
      },
    ),
    route("POST", "/Groups/:id/Users", { body: z.strictObject({ userIds: ids }) }, ({ params, body, violate }) => {
      const group = byId(params);
      if (group === undefined) violate("nobody knows what this does to a group that is not there");
      else state.setMembers(group.id, new Set(body.userIds.filter((id) => state.users.has(id))));
      return json(201, { message: "The group was updated", groupId: params["id"] });
    }),
  ];
}

function reservationRoutes(state: LibreBookingState, now: () => number): readonly TwinRoute[] {
  const search = z.strictObject({
    userId: anId.exactOptional(),
    startDateTime: time.exactOptional(),
    endDateTime: time.exactOptional(),
  });
  const scope = z.strictObject({ updateScope: z.enum(["this", "future", "full"]).exactOptional() });
  return [
    route("GET", "/Reservations/", { query: search, list: "bookings" }, ({ query }) => {
      const { userId, startDateTime = now(), endDateTime = now() + TWO_WEEKS_MS } = query;
      const found = [...state.reservations.values()].filter(
        ({ owner, startsMs, endsMs }) =>
          (userId === undefined || owner === Number(userId)) && endsMs > startDateTime && startsMs < endDateTime,
      );
      const times = { startDateTime: phpTime(startDateTime), endDateTime: phpTime(endDateTime) };
      const none = { startDateTime: null, endDateTime: null };
      const reservations = found.map((one) => reservationItem(one, state));
      return json(200, { reservations, ...(found.length === 0 ? none : times) });
    }),
    route("GET", "/Reservations/:reference", {}, ({ params }) => {
      const found = state.reservations.get(params["reference"] ?? "");
      return found === undefined ? json(404, NOT_FOUND) : json(200, reservationRecord(found));
    }),
    // Without a scope, the whole series is meant.
    route("DELETE", "/Reservations/:reference", { query: scope }, ({ params, query: { updateScope = "full" } }) => {
      const reference = params["reference"] ?? "";
      if (!state.reservations.has(reference)) return empty(200);
      state.cancel(reference, updateScope);
      return json(200, DELETED);
    }),
  ];
}

function duplicates(
  state: LibreBookingState,
  wanted: Pick<User, "emailAddress" | "userName">,
  except = 0,
): readonly string[] {
  const others = [...state.users.values()].filter(({ id }) => id !== except);
  const isTaken = (field: "emailAddress" | "userName"): boolean =>
    others.some((user) => user[field].toLowerCase() === wanted[field].toLowerCase());
  return [
    ...(isTaken("emailAddress") ? ["That email address is already registered."] : []),
    ...(isTaken("userName") ? ["That user name is already registered."] : []),
  ];
}

/** The groups of a user are replaced as a whole. */
function join(state: LibreBookingState, user: number, groups: readonly number[]): void {
  for (const { id, members } of state.groups.values()) {
    const others = [...members].filter((member) => member !== user);
    state.setMembers(id, new Set(groups.includes(id) ? [...others, user] : others));
  }
}

function holds(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function isTimeZone(name: string): boolean {
  try {
    return !/^[+-]/.test(name) && new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
