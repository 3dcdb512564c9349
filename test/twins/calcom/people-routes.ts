import { z } from "zod";
import { route, wholeNumber, type TwinRequest, type TwinRoute } from "../kit/route.ts";
import { refuse, showMembership, showUser, success } from "./answers.ts";
import { addMembership, addUser, change, leave, membershipIn, membershipsOf, userByEmail } from "./state.ts";
import type { CalcomMembership, CalcomState, CalcomUser } from "./state.ts";

const LOCALES = "en fr it ru es de pt ro nl pt-BR ko ja pl ar iw zh-CN zh-TW cs sr sv vi bn".split(" ");
const ROLES = ["MEMBER", "ADMIN", "OWNER"] as const;

/** The id of a user, a team or a membership. */
export const number = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "must be a number")
  .transform(Number);
/** Pages of the lists of organisations: 250 items unless told, and no total. */
export const paging = { take: wholeNumber(1, 250).exactOptional(), skip: wholeNumber(0, 1_000_000).exactOptional() };

/** One page. */
export function pageOf<T>(
  items: readonly T[],
  { take = 250, skip = 0 }: { take?: number; skip?: number },
): readonly T[] {
  return items.slice(skip, skip + take);
}

const fields = {
  email: z.email(),
  username: z.string().min(1).exactOptional(),
  timeZone: z.string().refine(isTimeZone, "Please include a valid time zone").exactOptional(),
  locale: z.enum(LOCALES).exactOptional(),
  metadata: z
    .record(z.string().max(40), z.union([z.string().max(500), z.number(), z.boolean()]))
    .refine((value) => Object.keys(value).length <= 50, "at most 50 keys")
    .exactOptional(),
};
// There is no `name`: an organisation cannot name its users.
const createBody = z.strictObject({ ...fields, organizationRole: z.enum(ROLES), autoAccept: z.boolean() });
const updateBody = z.strictObject({ ...fields, email: z.email().exactOptional() });
const byId = z.strictObject({ userId: z.int(), role: z.enum(ROLES), accepted: z.boolean().exactOptional() });
const byEmail = z.strictObject({ email: z.email(), role: z.enum(ROLES) });
const user = z.object({ org: number, user: number });
const membership = z.object({ org: number, membership: number });
const users = z.strictObject({
  emails: z.string().min(3).exactOptional(),
  teamIds: z
    .string()
    .regex(/^\d+(,\d+)*$/)
    .exactOptional(),
  ...paging,
});

/** Users and memberships of the organisation. */
export function peopleRoutes(state: CalcomState): readonly TwinRoute[] {
  return [
    route("GET", "/organizations/:org/users", { query: users, list: "users" }, ({ query }) => {
      const emails = query.emails?.split(",");
      const teams = query.teamIds?.split(",").map(Number);
      const found = [...state.users.values()]
        .filter(({ profile }) => profile !== null)
        .filter(({ email }) => emails?.includes(email) ?? true)
        .filter(({ id }) => teams?.some((team) => membershipIn(state, team, id) !== undefined) ?? true);
      return success(
        200,
        pageOf(found, query).map((one) => showUser(state, one)),
      );
    }),
    route("POST", "/organizations/:org/users", { body: createBody }, ({ body }) =>
      success(201, showUser(state, createUser(state, body))),
    ),
    route("PATCH", "/organizations/:org/users/:user", { params: user, body: updateBody }, ({ params, body }) => {
      if ((state.users.get(params.user)?.profile ?? null) === null)
        refuse(403, "ForbiddenException", "Forbidden resource");
      const email = body.email?.toLowerCase();
      const other = email === undefined ? undefined : userByEmail(state, email);
      if (other !== undefined && other.id !== params.user) refuse(409, "CONFLICT", EXISTS);
      return success(
        200,
        showUser(state, change(state, params.user, { ...body, ...(email === undefined ? {} : { email }) })),
      );
    }),
    route("DELETE", "/organizations/:org/users/:user", { params: user }, (request) => {
      request.violate("that deletes the Cal.com account itself");
      return refuse(403, "ForbiddenException", "Forbidden resource");
    }),
    ...membershipRoutes(state),
  ];
}

function membershipRoutes(state: CalcomState): readonly TwinRoute[] {
  const path = "/organizations/:org/memberships";
  const one = (request: TwinRequest<z.output<typeof membership>>): CalcomMembership => {
    const id = request.params.membership;
    if (state.users.has(id)) request.violate("that is the id of a user, not of a membership");
    const found = state.memberships.get(id);
    if (found?.team === state.organization) return found;
    return refuse(404, "NotFoundException", `IsMembershipInOrg - Membership (${id}) not found.`);
  };
  return [
    route("GET", path, { query: z.strictObject(paging), list: "accounts" }, ({ query }) =>
      success(
        200,
        pageOf(membershipsOf(state, state.organization), query).map((found) => showMembership(state, found)),
      ),
    ),
    route("GET", `${path}/:membership`, { params: membership }, (request) =>
      success(200, showMembership(state, one(request))),
    ),
    route("DELETE", `${path}/:membership`, { params: membership }, (request) => {
      const ended = one(request);
      leave(state, ended);
      return success(200, showMembership(state, ended));
    }),
    route("POST", path, { body: z.union([byId, byEmail]) }, ({ body }) => {
      if (state.isBlocked) refuse(403, "FORBIDDEN", BLOCKED);
      const made = "email" in body ? invite(state, body) : attach(state, body);
      return success(201, showMembership(state, made));
    }),
  ];
}

const EXISTS = "Invalid Input: Trying to create a record that already exists.";
const KNOWN = "user_already_invited_or_member";
const BLOCKED = "invitations_blocked_unpaid_invoice";

/** Makes an account, and mails it to its owner. */
function createUser(state: CalcomState, body: z.output<typeof createBody>): CalcomUser {
  const { organizationRole: role, autoAccept, username, ...rest } = body;
  const email = body.email.toLowerCase();
  const other = userByEmail(state, email);
  const isInOrganization = (other?.profile ?? null) !== null;
  if (isInOrganization) refuse(409, "ConflictException", "A user already exists with that email");
  const name = username?.toLowerCase() ?? (email.split("@")[0] ?? "").replaceAll(/[^a-z0-9]+/g, "-");
  const isTaken = [...state.users.values()].some((one) => one.profile !== null && one.username === name);
  if (isTaken) refuse(409, "ConflictException", "Username is already taken");
  if (state.isBlocked) refuse(403, "FORBIDDEN", BLOCKED);
  if (other !== undefined) refuse(400, "BadRequestException", KNOWN);
  const profile = autoAccept ? state.nextId() : null;
  const made = addUser(state, { ...rest, email, username: name, profile });
  addMembership(state, { user: made.id, team: state.organization, role, accepted: autoAccept });
  state.memberMails.push({ to: email, kind: "signup" });
  return made;
}

/** Lets in an account by its address: at once where the organisation vouches for it, else when its owner accepts. */
function invite(state: CalcomState, { email: given, role }: z.output<typeof byEmail>): CalcomMembership {
  if (state.version === "older") refuse(400, "BadRequestException", "userId must be an integer number");
  const email = given.toLowerCase();
  const found = userByEmail(state, email);
  if (found === undefined) return refuse(404, "NotFoundException", `User with email ${email} not found`);
  if (membershipIn(state, state.organization, found.id) !== undefined) refuse(400, "BadRequestException", KNOWN);
  const accepted = state.vouchedFor.includes(email.split("@")[1] ?? "");
  if (accepted) change(state, found.id, { profile: state.nextId() });
  state.memberMails.push({ to: email, kind: accepted ? "added" : "invited" });
  return addMembership(state, { user: found.id, team: state.organization, role, accepted });
}

/** Lets in an account by its id, or changes its membership. */
function attach(state: CalcomState, { userId, role, accepted = false }: z.output<typeof byId>): CalcomMembership {
  if (!state.users.has(userId)) refuse(400, "BAD_REQUEST", "Invalid input: The referenced data does not exist.");
  const found = membershipIn(state, state.organization, userId);
  if (found === undefined) return addMembership(state, { user: userId, team: state.organization, role, accepted });
  const changed = { ...found, role, accepted };
  state.memberships.set(found.id, changed);
  return changed;
}

/** As tzdata spells it. */
function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone.toLowerCase() !== name.toLowerCase() || timeZone === name;
  } catch {
    return false;
  }
}
