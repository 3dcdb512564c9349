import type { CalendlyEvent, CalendlyInvitation, CalendlyMembership, CalendlyState, CalendlyUser } from "./state.ts";

/** How Calendly writes things: everything is named by its full URI, times have six digits after the second. */
export function createCalendlyShapes(state: CalendlyState, baseUrl: string) {
  const uri = (...path: readonly string[]): string => [baseUrl, ...path].join("/");
  const organization = uri("organizations", state.organization);
  const dates = (createdAt: string, updatedAt = createdAt) => ({
    created_at: microseconds(createdAt),
    updated_at: microseconds(updatedAt),
  });

  const user = ({ id, name, email, timezone, createdAt }: CalendlyUser) => ({
    uri: uri("users", id),
    name,
    slug: name.toLowerCase().replaceAll(/\W+/g, "-"),
    email,
    scheduling_url: `https://calendly.com/${encodeURIComponent(id.toLowerCase())}`,
    timezone,
    avatar_url: null,
    ...dates(createdAt),
  });
  const membership = ({ id, role, user: whose, createdAt }: CalendlyMembership) => {
    const known = state.users.get(whose);
    return {
      uri: uri("organization_memberships", id),
      role,
      user: known === undefined ? null : user(known),
      organization,
      ...dates(createdAt),
    };
  };
  const invitation = ({ id, email, status, user: whose, createdAt, updatedAt }: CalendlyInvitation) => ({
    uri: uri("organizations", state.organization, "invitations", id),
    organization,
    email,
    status,
    ...dates(createdAt, updatedAt),
    last_sent_at: microseconds(createdAt),
    ...(whose === null ? {} : { user: uri("users", whose) }),
  });
  return {
    organization,
    me: (one: CalendlyUser) => ({ ...user(one), current_organization: organization, resource_type: "User" }),
    membership,
    invitation,
    group: ({ id, name }: { readonly id: string; readonly name: string }) => ({
      uri: uri("groups", id),
      name,
      organization,
      member_count: [...state.relationships.values()].filter(({ group }) => group === id).length,
      ...dates(state.now()),
    }),
    relationship: ({ id, group, owner }: { readonly id: string; readonly group: string; readonly owner: string }) => {
      const member = state.memberships.get(owner);
      const invited = state.invitations.get(owner);
      return {
        uri: uri("group_relationships", id),
        role: "member",
        owner:
          member === undefined
            ? { type: "OrganizationInvitation", ...(invited === undefined ? {} : invitation(invited)) }
            : { type: "OrganizationMembership", ...membership(member) },
        organization,
        group: uri("groups", group),
        ...dates(state.now()),
      };
    },
    event: (event: CalendlyEvent) => ({
      uri: uri("scheduled_events", event.id),
      name: event.name,
      status: event.cancellation === null ? "active" : "canceled",
      start_time: microseconds(event.startsAt),
      end_time: microseconds(event.endsAt),
      event_type: uri("event_types", "INTRO"),
      location: { type: "physical", location: "Main Street 1" },
      invitees_counter: {
        total: event.invitees.length,
        active: event.cancellation === null ? event.invitees.length : 0,
        limit: Math.max(1, event.invitees.length),
      },
      event_memberships: event.hosts.map((host) => ({ user: uri("users", host) })),
      event_guests: event.guests.map((email) => ({ email, ...dates(event.startsAt) })),
      calendar_event: null,
      ...dates(event.startsAt),
    }),
  };
}

/** The shapes of one twin. */
export type CalendlyShapes = ReturnType<typeof createCalendlyShapes>;

/** A time as Calendly writes it. */
export function microseconds(time: string): string {
  return new Date(time).toISOString().replace("Z", "000Z");
}
