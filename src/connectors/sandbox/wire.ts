import { z } from "zod";
import type {
  AccountId,
  AccountProfile,
  Booking,
  BookingId,
  ObservedAccount,
  ObservedGroup,
  ProductGroupId,
  Seat,
  SeatPool,
} from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";

const id = z.string().regex(/^[\w-]{1,128}$/);
const instant = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString() as Instant);

/** A member as the sandbox shows it; what is not ours is left out. */
export const wireMember = z.object({
  id,
  email: z.string().min(1),
  givenName: z.string().nullable(),
  familyName: z.string().nullable(),
  displayName: z.string(),
  timezone: z.string().nullable(),
  status: z.enum(["active", "deactivated"]),
  role: z.enum(["owner", "admin", "member"]),
  seat: z.string().nullable(),
  groupIds: z.array(id),
  externalRef: z.string().nullable(),
});
/** A group as the sandbox shows it. */
export const wireGroup = z.object({ id, name: z.string() });
/** The seat pools as the sandbox shows them. */
export const wireSeats = z.object({
  /** Older sandboxes do not say. */
  organizationId: z.string().min(1).nullable().default(null),
  pools: z.array(z.object({ id: z.string().min(1), total: z.int().min(0), used: z.int().min(0) })),
});
/** A booking as the sandbox shows it; of the guests we only need to know how many they are. */
export const wireBooking = z.object({
  id,
  hostId: id,
  startsAt: instant,
  endsAt: instant,
  guests: z.array(z.unknown()),
});

/** One page of any list. */
export function wirePage<S extends z.ZodType>(item: S) {
  return z.object({ items: z.array(item), nextCursor: z.string().min(1).nullable(), total: z.int().min(0) });
}

type WireMember = z.output<typeof wireMember>;

/** Absent and empty fields are left out of the profile, so that they compare as "not there". */
export function toAccount(member: WireMember): ObservedAccount {
  const { externalRef } = member;
  return {
    id: member.id as AccountId,
    ...(externalRef === null ? {} : { marker: externalRef }),
    status: member.status,
    role: member.role,
    profile: profileOf(member),
    seat: member.seat as Seat | null,
    groups: member.groupIds as ProductGroupId[],
  };
}

/** A group in our words. */
export function toGroup(group: z.output<typeof wireGroup>): ObservedGroup {
  return { id: group.id as ProductGroupId, name: group.name };
}

/** Seat pools in our words. */
export function toSeatPools(seats: Pick<z.output<typeof wireSeats>, "pools">): ReadonlyMap<Seat, SeatPool> {
  return new Map(seats.pools.map(({ id: pool, total, used }) => [pool as Seat, { total, used }]));
}

/** A booking in our words. */
export function toBooking(booking: z.output<typeof wireBooking>): Booking {
  return {
    id: booking.id as BookingId,
    account: booking.hostId as AccountId,
    startsAt: booking.startsAt,
    endsAt: booking.endsAt,
    guests: booking.guests.length,
  };
}

/**
 * The sandbox's own form of a profile: what it would show after it was written. Pure and idempotent. `isTimeZone` says
 * which time zones it takes.
 */
export function canonicalProfile(profile: AccountProfile, isTimeZone: (name: string) => boolean): AccountProfile {
  const canonical = profileOf(profile);
  if (canonical.timezone === undefined || isTimeZone(canonical.timezone)) return canonical;
  const { timezone: _, ...others } = canonical;
  return others;
}

/** Body of a create. */
export function toMemberBody(profile: AccountProfile, marker: string): Readonly<Record<string, string>> {
  return { ...ownFields(profile), externalRef: marker };
}

/** Body of an update: the fields of `after` that differ from `before`. Fields that `after` does not name are not ours. */
export function toMemberPatch(before: AccountProfile, after: AccountProfile): Readonly<Record<string, string>> {
  const known: Readonly<Record<string, string>> = ownFields(before);
  return Object.fromEntries(Object.entries(ownFields(after)).filter(([field, value]) => known[field] !== value));
}

/** The fields that a member has here; a locale is none of them. */
function ownFields({ locale: _, ...fields }: AccountProfile): Omit<AccountProfile, "locale"> {
  return fields;
}

const TEXTS = ["displayName", "givenName", "familyName", "timezone"] as const;

/** The fields that the sandbox has, without spaces around them; empty ones are absent. */
function profileOf(
  fields: { readonly email: string } & { readonly [K in (typeof TEXTS)[number]]?: string | null | undefined },
): AccountProfile {
  const profile: { -readonly [K in keyof AccountProfile]: AccountProfile[K] } = { email: canonicalEmail(fields.email) };
  for (const field of TEXTS) {
    const text = fields[field]?.trim() ?? "";
    if (text !== "") profile[field] = text;
  }
  return profile;
}

/** The sandbox keeps addresses in lower case and compares them so. */
function canonicalEmail(email: string): string {
  return email.trim().toLowerCase();
}
