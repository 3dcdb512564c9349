import { z } from "zod";
import type { MemberFields } from "./members.ts";
import { ProductError } from "./product-error.ts";
import type { RequestProblem } from "./product-error.ts";

const text = z.string().min(1).max(500);
const name = z.string().max(500);
/** RFC 3339 with any offset; becomes UTC with milliseconds. */
const time = z.iso.datetime({ offset: true }).transform((value) => new Date(value).toISOString());
/** A plain shape test in linear time; whether mail arrives is nothing a product can tell from an address. */
const email = z
  .string()
  .trim()
  .min(3)
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+$/, "must be an e-mail address");
const timezone = z.string().max(64).refine(isTimeZone, "must be an IANA time zone");
const role = z.enum(["owner", "admin", "member"]);
const guest = z.strictObject({ name, email });

const names = {
  givenName: name.nullable(),
  familyName: name.nullable(),
  timezone: timezone.nullable(),
  externalRef: text.nullable(),
};

/** A new member; also in a seed file. */
export const memberBody = z.strictObject({
  email,
  givenName: names.givenName.default(null),
  familyName: names.familyName.default(null),
  displayName: text.exactOptional(),
  timezone: names.timezone.default(null),
  role: role.default("member"),
  externalRef: names.externalRef.default(null),
});
/** Changes to a member: what is not named stays, null clears. */
export const memberPatch = z.strictObject({
  email: email.exactOptional(),
  givenName: names.givenName.exactOptional(),
  familyName: names.familyName.exactOptional(),
  displayName: text.exactOptional(),
  timezone: names.timezone.exactOptional(),
  role: role.exactOptional(),
  externalRef: names.externalRef.exactOptional(),
});
/** The seat pool to take a seat from. */
export const seatBody = z.strictObject({ seat: text });
/** A new group. */
export const groupBody = z.strictObject({ name: text });
/** Who is invited; also in a seed file. */
export const guests = z.array(guest).max(100);
/** A new booking. */
export const bookingBody = z
  .strictObject({
    hostId: text,
    title: text,
    startsAt: time,
    endsAt: time,
    guests: guests.default([]),
    seriesId: text.nullable().default(null),
  })
  .refine((booking) => booking.startsAt < booking.endsAt, { path: ["endsAt"], message: "must be after startsAt" });
/** Why a booking is cancelled; the body may be left out. */
export const cancelBody = z.strictObject({ reason: z.string().max(10_000).nullable().default(null) }).prefault({});
/** Who takes a booking over. */
export const reassignBody = z.strictObject({ hostId: text });

const paging = { cursor: text.exactOptional(), limit: z.coerce.number().int().min(1).max(500).default(100) };

/** Query of any list. */
export const pageQuery = z.strictObject(paging);
/** Query of the list of members. */
export const memberQuery = z.strictObject({ ...paging, email: text.exactOptional() });
/** Query of the list of bookings. */
export const bookingQuery = z.strictObject({
  ...paging,
  hostId: text.exactOptional(),
  status: z.enum(["upcoming", "past", "cancelled"]).exactOptional(),
  from: time.exactOptional(),
  to: time.exactOptional(),
});

/** A new member as asked for; without a display name, the two names are shown, or else the address. */
export function toMemberFields(body: z.output<typeof memberBody>): MemberFields {
  const { email, givenName, familyName, timezone, role, externalRef } = body;
  const fullName = [givenName, familyName].filter((part) => part !== null && part !== "").join(" ");
  const displayName = body.displayName ?? (fullName === "" ? email : fullName);
  return { email, givenName, familyName, displayName, timezone, role, externalRef };
}

/** What a request holds, checked. Throws ProductError `invalid_request` (400) that lists every fault. */
export function check<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ProductError(
    400,
    "invalid_request",
    "the request is not what this operation takes",
    problems(result.error),
  );
}

/** The faults that zod found, without the values. */
export function problems(error: z.ZodError): readonly RequestProblem[] {
  return error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
}

function isTimeZone(value: string): boolean {
  // Intl also takes offsets such as +01:00, which are no time zones.
  if (/^[+-]/.test(value)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: value }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}
