import { z } from "zod";
import type { Instant } from "../../domain/brand.ts";

/** Cal.com numbers its users, teams and memberships; here the numbers are texts. */
const id = z.int().positive().transform(String);
const instant = z.iso.datetime({ offset: true }).transform((time) => new Date(time).toISOString() as Instant);
const text = z.string().max(1_000);

/** A user of an organisation (`GET …/users`). Only those are listed who have a profile in it. */
export const wireUser = z.object({
  id,
  email: text.min(1),
  name: text.nullish(),
  timeZone: text.nullish(),
  locale: text.nullish(),
  /** Documented in the answer to a create; older versions show it with memberships only. */
  metadata: z.unknown().optional(),
});

/** A membership of an organisation or a team, whose id is `teamId`. `user` is left out by older versions. */
export const wireMembership = z.object({
  id,
  userId: id,
  teamId: id,
  role: text,
  accepted: z.boolean(),
  user: z.object({ email: text.min(1), name: text.nullish(), metadata: z.unknown().optional() }).nullish(),
});

/** A team of an organisation. */
export const wireTeam = z.object({ id, name: text });

/** A booking as version 2024-08-13 shows it; of those who attend we only need to know how many they are. */
export const wireBooking = z.object({
  uid: z.string().regex(/^[\w-]{1,128}$/),
  status: text,
  start: instant,
  end: instant,
  // A booking without a host has one with the id `unknown`.
  hosts: z.array(z.object({ id: z.union([id, text]) })),
  attendees: z.array(z.unknown()).default([]),
});

/** What says how many bookings there are on all pages. */
export const wirePagination = z.object({ totalItems: z.int().min(0) });

/** What all answers come in. */
export const wireEnvelope = z.object({ status: z.enum(["success", "error"]), data: z.unknown().optional() });

/** What a refusal says for machines and for people. The second is never shown. */
export const wireError = z.object({
  error: z.object({ code: z.string(), message: z.unknown().optional() }),
});

/** A user as Cal.com shows one. */
export type WireUser = z.output<typeof wireUser>;
/** A membership as Cal.com shows one. */
export type WireMembership = z.output<typeof wireMembership>;
/** A team as Cal.com shows one. */
export type WireTeam = z.output<typeof wireTeam>;
/** A booking as Cal.com shows one. */
export type WireBooking = z.output<typeof wireBooking>;
