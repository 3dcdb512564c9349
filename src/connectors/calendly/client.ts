import { ConnectorError } from "../../domain/errors.ts";
import { checked } from "../checked.ts";
import type { Sending } from "../http.ts";
import { everyItem } from "../paged-list.ts";
import type { TokenPage } from "../paged-list.ts";
import type { BudgetHeaders } from "../rate-headers.ts";
import { PRODUCT } from "./rest.ts";
import type { Outcome, Rest } from "./rest.ts";
import { createCalendlyWire, resource } from "./wire.ts";
import type { CalendlyWire, Group, GroupRelationship, Invitation, Membership, ScheduledEvent } from "./wire.ts";

/** Whose meetings, and from when on. */
export interface EventFilter {
  readonly organization: string;
  readonly user: string;
  /** Events that start later, RFC 3339. */
  readonly after: string;
}

/** Whose token it is. */
export interface Me {
  readonly user: string;
  /** The one that they belong to. */
  readonly organization: string;
}

/** Who is in a group: a member, or somebody who has not accepted yet. */
export type GroupOwner = { readonly membership: string } | { readonly invitation: string };

/** What Calendly's REST API shows, checked. Ids are last segments of URIs. Everything throws ConnectorError. */
export interface CalendlyReads {
  me(how: Sending): Promise<Me>;
  memberships(
    organization: string,
    filter: { readonly email?: string; readonly user?: string },
    token: string | null,
    how: Sending,
  ): Promise<TokenPage<Membership>>;
  /** In the order in which they were made. */
  invitations(
    organization: string,
    filter: { readonly email?: string; readonly status?: Invitation["status"] },
    token: string | null,
    how: Sending,
  ): Promise<TokenPage<Invitation>>;
  /** Undefined when there is none. */
  invitation(organization: string, id: string, how: Sending): Promise<Invitation | undefined>;
  groups(organization: string, how: Sending): AsyncIterable<Group>;
  /** Of everybody, or of one owner. */
  relationships(organization: string, owner: GroupOwner | null, how: Sending): AsyncIterable<GroupRelationship>;
  /** What Calendly last said of its rate limit. */
  budget(): BudgetHeaders | null;
  events(filter: EventFilter, token: string | null, how: Sending): Promise<Outcome<TokenPage<ScheduledEvent>>>;
}

/** What it does. A 400, 403 or 404, which may be about one person, comes back as a refusal. */
export interface CalendlyWrites {
  invite(organization: string, email: string, how: Sending): Promise<Outcome<Invitation>>;
  revoke(organization: string, invitation: string, how: Sending): Promise<Outcome<unknown>>;
  remove(membership: string, how: Sending): Promise<Outcome<unknown>>;
  cancel(event: string, reason: string, how: Sending): Promise<Outcome<unknown>>;
}

/** The endpoints of Calendly's REST API that we use. */
export type CalendlyClient = CalendlyReads & CalendlyWrites;

/** All endpoints over `rest`; `baseUrl` as there. */
export function createCalendlyClient(rest: Rest, baseUrl: string): CalendlyClient {
  const wire = createCalendlyWire(baseUrl);
  return { ...createReads(rest, wire), ...createWrites(rest, wire) };
}

function createReads(rest: Rest, wire: CalendlyWire): CalendlyReads {
  return {
    budget: () => rest.budget(),
    async me(how) {
      const answer = await rest.readOne(["users", "me"], how);
      if (answer === undefined) throw new ConnectorError("unavailable", "Calendly does not say whose token it is");
      const { resource: me } = checked(wire.me, answer.body, PRODUCT);
      return { user: me.uri, organization: me.current_organization };
    },
    memberships: (organization, { email, user }, token, how) => {
      const who = { email, user: user === undefined ? undefined : rest.uri("users", user) };
      const query = { organization: rest.uri("organizations", organization), ...who };
      return rest.page(wire.membership, ["organization_memberships"], query, token, how);
    },
    invitations: (organization, filter, token, how) => {
      const path = ["organizations", organization, "invitations"];
      return rest.page(wire.invitation, path, { ...filter, sort: "created_at:asc" }, token, how);
    },
    async invitation(organization, id, how) {
      const answer = await rest.readOne(["organizations", organization, "invitations", id], how);
      return answer === undefined ? undefined : checked(resource(wire.invitation), answer.body, PRODUCT).resource;
    },
    groups: (organization, how) => {
      const query = { organization: rest.uri("organizations", organization) };
      return everyItem(PRODUCT, (token) => rest.page(wire.group, ["groups"], query, token, how));
    },
    relationships: (organization, owner, how) => {
      const query = {
        organization: rest.uri("organizations", organization),
        owner: owner === null ? undefined : ownerUri(owner, organization, rest),
      };
      return everyItem(PRODUCT, (token) => rest.page(wire.relationship, ["group_relationships"], query, token, how));
    },
    events: ({ organization, user, after }, token, how) => {
      const query = {
        organization: rest.uri("organizations", organization),
        user: rest.uri("users", user),
        status: "active",
        min_start_time: microseconds(after),
        sort: "start_time:asc",
      };
      return rest.pageOrRefusal(wire.event, ["scheduled_events"], query, token, how);
    },
  };
}

function createWrites(rest: Rest, wire: CalendlyWire): CalendlyWrites {
  return {
    async invite(organization, email, how) {
      const outcome = await rest.write("POST", ["organizations", organization, "invitations"], { email }, how);
      if (!outcome.done) return outcome;
      return { done: true, value: checked(resource(wire.invitation), outcome.value.body, PRODUCT).resource };
    },
    revoke: (organization, invitation, how) =>
      rest.write("DELETE", ["organizations", organization, "invitations", invitation], undefined, how),
    remove: (membership, how) => rest.write("DELETE", ["organization_memberships", membership], undefined, how),
    cancel: (event, reason, how) =>
      rest.write("POST", ["scheduled_events", event, "cancellation"], reason === "" ? {} : { reason }, how),
  };
}

function ownerUri(owner: GroupOwner, organization: string, rest: Rest): string {
  return "membership" in owner
    ? rest.uri("organization_memberships", owner.membership)
    : rest.uri("organizations", organization, "invitations", owner.invitation);
}

/** Calendly writes times with six digits after the second, and documents no other form for its filters. */
function microseconds(instant: string): string {
  return new Date(instant).toISOString().replace("Z", "000Z");
}
