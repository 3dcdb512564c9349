import { z } from "zod";
import type { Instant } from "../../domain/brand.ts";

const instant = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString() as Instant);

/**
 * Calendly's answers, checked. It names everything by full URIs; here, they become the id that is their last segment, and
 * whatever is not below `baseUrl` (no slash at its end) is refused. What is not ours is left out.
 */
export function createCalendlyWire(baseUrl: string) {
  const uri = (path: string) => {
    const whole = new RegExp(`^${escaped(baseUrl)}/${path}/([\\w-]{1,128})$`);
    return z
      .string()
      .regex(whole)
      .transform((text) => whole.exec(text)?.[1] ?? "");
  };
  const organization = uri("organizations");
  const user = uri("users");
  const invitationUri = uri("organizations/[\\w-]{1,128}/invitations");
  const membershipUri = uri("organization_memberships");
  const owner = z.union([membershipUri, invitationUri]);
  const invitation = z.object({
    uri: invitationUri,
    email: z.string().min(1),
    status: z.enum(["pending", "accepted", "declined"]),
    created_at: instant,
    /** Who accepted. */
    user: user.nullish(),
  });
  return {
    organization,
    me: resource(z.object({ uri: user, current_organization: organization })),
    membership: z.object({
      uri: membershipUri,
      role: z.enum(["owner", "admin", "user"]),
      user: z.object({
        uri: user,
        name: z.string().nullish(),
        email: z.string().min(1),
        timezone: z.string().nullish(),
      }),
    }),
    invitation,
    group: z.object({ uri: uri("groups"), name: z.string() }),
    relationship: z.object({
      /** A membership or an invitation, as a whole or by its URI. */
      owner: z.union([owner, z.object({ uri: owner }).transform((whole) => whole.uri)]),
      group: uri("groups"),
    }),
    event: z.object({
      uri: uri("scheduled_events"),
      start_time: instant,
      end_time: instant,
      invitees_counter: z.object({ active: z.int().min(0) }),
      /** Its hosts. */
      event_memberships: z.array(z.object({ user: user.nullish() })),
      event_guests: z.array(z.unknown()).default([]),
    }),
  };
}

/** The shapes of one Calendly. */
export type CalendlyWire = ReturnType<typeof createCalendlyWire>;

/** Somebody in the organisation. `uri` is an id here, as everywhere in what is checked. */
export type Membership = z.output<CalendlyWire["membership"]>;
/** Somebody who was asked into the organisation. */
export type Invitation = z.output<CalendlyWire["invitation"]>;
/** A group of the organisation. */
export type Group = z.output<CalendlyWire["group"]>;
/** That a membership or an invitation (`owner`) is in a group. */
export type GroupRelationship = z.output<CalendlyWire["relationship"]>;
/** A meeting. */
export type ScheduledEvent = z.output<CalendlyWire["event"]>;

/** One object, in Calendly's envelope. */
export function resource<S extends z.ZodType>(item: S) {
  return z.object({ resource: item });
}

/** One page of a list, in Calendly's envelope. `next` is the token of the next page; null at the end. */
export function collection<S extends z.ZodType>(item: S) {
  return z
    .object({
      collection: z.array(item),
      pagination: z.object({ next_page: z.string().nullish(), next_page_token: z.string().nullish() }),
    })
    .transform(({ collection: items, pagination: { next_page: page, next_page_token: token } }, context) => {
      const next = token ?? tokenIn(page ?? null);
      // A successor without a token would end the list too early.
      if (page !== null && page !== undefined && next === null) {
        context.addIssue({ code: "custom", path: ["pagination", "next_page"], message: "has no page_token" });
      }
      return { items, next };
    });
}

/** Why Calendly refused: `details` are left out. */
export const refusalBody = z.object({ title: z.string(), message: z.string().default("") });

/** The token in the link to a page: of the link itself, nothing is followed. */
function tokenIn(page: string | null): string | null {
  return page === null ? null : (URL.parse(page)?.searchParams.get("page_token") ?? null);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
