import type { AccountProfile } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { PersonChange } from "../../domain/plan.ts";
import { PROFILE_FIELDS } from "../diff.ts";

const HOUR_MS = 3_600_000;
const NAMED_GROUPS = 4;

/** `1 booking`, `1,200 bookings`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** The changes of one kind, typed as such. */
export function ofKind<K extends PersonChange["kind"]>(
  changes: readonly PersonChange[],
  kind: K,
): readonly (PersonChange & { readonly kind: K })[] {
  return changes.filter((change): change is PersonChange & { readonly kind: K } => change.kind === kind);
}

/** What one person gets, changes and loses, in a few words: `displayName "Bo Li" → "Bo Lind" · joins Sales EMEA`. */
export function changeWords(changes: readonly PersonChange[], isNew: boolean): string {
  const joins = groupNames(ofKind(changes, "add-to-group"));
  const leaves = groupNames(ofKind(changes, "remove-from-group"));
  return [
    ...(ofKind(changes, "adopt-account").length > 0 ? ["links the existing account"] : []),
    ...ofKind(changes, "update-account").flatMap(({ before, after }) => fieldWords(before, after)),
    ...seatWords(changes, isNew),
    ...(joins === "" ? [] : [`${isNew ? "groups" : "joins"} ${joins}`]),
    ...(leaves === "" ? [] : [`leaves ${leaves}`]),
  ].join(" · ");
}

function fieldWords(before: AccountProfile, after: AccountProfile): readonly string[] {
  return PROFILE_FIELDS.filter((field) => after[field] !== undefined && after[field] !== before[field]).map((field) => {
    const old = before[field] === undefined ? "" : `${JSON.stringify(before[field])} `;
    return `${field} ${old}→ ${JSON.stringify(after[field])}`;
  });
}

function seatWords(changes: readonly PersonChange[], isNew: boolean): readonly string[] {
  const [freed] = ofKind(changes, "release-seat");
  const [given] = ofKind(changes, "assign-seat");
  if (freed !== undefined && given !== undefined) return [`seat ${freed.seat} → ${given.seat}`];
  if (freed !== undefined) return [`frees seat ${freed.seat}`];
  return given === undefined ? [] : [`${isNew ? "seat" : "gets seat"} ${given.seat}`];
}

function groupNames(changes: readonly { readonly group: { readonly name: string } }[]): string {
  const names = changes.map(({ group }) => group.name);
  const more = names.length - NAMED_GROUPS;
  return more > 0 ? `${names.slice(0, NAMED_GROUPS).join(", ")} and ${more} more` : names.join(", ");
}

/** `14 bookings, 21 guests, first Tue 24 Nov 10:00 UTC (3 within 24 h)`; `to` follows the number of bookings. */
export function bookingWords(
  bookings: readonly { readonly startsAt: Instant; readonly guests: number }[],
  now: Instant,
  to = "",
): string {
  const starts = bookings.map(({ startsAt }) => startsAt).sort();
  const guests = bookings.reduce((sum, booking) => sum + booking.guests, 0);
  const soon = starts.filter((start) => Date.parse(start) - Date.parse(now) <= 24 * HOUR_MS).length;
  const first = starts.slice(0, 1).map((start) => `, first ${instantWords(start, now)}`);
  const urgent = soon === 0 ? "" : ` (${soon.toLocaleString("en")} within 24 h)`;
  return `${counted(bookings.length, "booking")}${to}, ${counted(guests, "guest")}${first.join("")}${urgent}`;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** `Tue 24 Nov 10:00 UTC`, with the year where it is not that of `now`, and with seconds where they count. */
export function instantWords(instant: Instant, now: Instant, withSeconds = false): string {
  return `${dayWords(instant, now)} ${instant.slice(11, withSeconds ? 19 : 16)} UTC`;
}

/** `Tue 24 Nov`, of UTC, with the year where it is not that of `now`. */
export function dayWords(instant: Instant, now: Instant): string {
  const date = new Date(instant);
  const year = date.getUTCFullYear() === new Date(now).getUTCFullYear() ? "" : ` ${date.getUTCFullYear()}`;
  return `${DAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}${year}`;
}
