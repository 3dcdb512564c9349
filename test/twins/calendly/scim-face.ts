import type { ExecutionContext } from "ava";
import type { TwinRoute } from "../kit/route.ts";
import { createSpoiling } from "../kit/spoiler.ts";
import { startTwin } from "../kit/twin.ts";
import { startScimTwin, type ScimTwin } from "../scim-product/twin.ts";
import { CALENDLY } from "../scim-product/vendor-rules.ts";
import { addMember, createCalendlyState, membershipOf, removeMember, userByEmail } from "./state.ts";
import type { CalendlyState } from "./state.ts";
import type { TwinClock } from "./twin-clock.ts";
import { calendlySpec, type CalendlyTwin } from "./twin.ts";

/** A Calendly with SCIM enabled: one organisation behind two servers, whose answers are spoilt together. */
export interface ScimCalendly {
  readonly scim: ScimTwin;
  readonly rest: CalendlyTwin;
  /** The user of REST with whose e-mail SCIM shows this id. */
  userOf(scimId: string): string;
}

/** What the vendor's pages leave open. */
export interface OpenQuestions {
  /** Whether somebody who was turned off by SCIM is still a member for REST. */
  readonly listsTurnedOff: boolean;
}

/** Serves both until the test ends. Whoever comes by SCIM is a member for REST, with the ids that REST has for them. */
export async function startScimCalendly(
  t: ExecutionContext,
  clock: TwinClock,
  { listsTurnedOff }: OpenQuestions = { listsTurnedOff: false },
): Promise<ScimCalendly> {
  const state = createCalendlyState(clock);
  state.hasScim = true;
  const spoiling = createSpoiling();
  const scim = await startScimTwin(t, CALENDLY, { spoiling });
  const users = new Map<string, string>();
  const mirror = (): void => mirrorPeople(scim, state, users, listsTurnedOff);
  const spec = { ...calendlySpec(state, clock), spoiling };
  const rest = await startTwin(t, { ...spec, routes: spec.routes.map((route) => after(mirror, route)) });
  return {
    scim,
    rest: { ...rest, state },
    userOf(scimId) {
      mirror();
      const user = users.get(scimId);
      if (user === undefined) throw new Error(`Nobody has the SCIM id ${scimId}.`);
      return user;
    },
  };
}

function after(mirror: () => void, route: TwinRoute): TwinRoute {
  return {
    ...route,
    check(raw) {
      mirror();
      return route.check(raw);
    },
  };
}

function mirrorPeople(scim: ScimTwin, state: CalendlyState, users: Map<string, string>, listsTurnedOff: boolean): void {
  for (const { id, attributes } of scim.state.users()) {
    const email = String(attributes["userName"]);
    const known = users.get(id) ?? userByEmail(state, email)?.id;
    const isIn = attributes["active"] !== false || listsTurnedOff;
    const membership = known === undefined ? undefined : membershipOf(state, known);
    if (!isIn && membership !== undefined) removeMember(state, membership.id);
    const user = isIn ? (membership ?? addMember(state, { email })).user : known;
    if (user === undefined) continue;
    users.set(id, user);
    const record = state.users.get(user);
    if (record !== undefined) record.email = email.toLowerCase();
  }
}
