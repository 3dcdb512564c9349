import type { AccountId, Booking, BookingId } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { addMs } from "../../domain/instant.ts";
import type { Applied } from "../../ports/connector.ts";
import type { Sending } from "../http.ts";
import { everyItem } from "../paged-list.ts";
import type { TokenPage } from "../paged-list.ts";
import type { CalendlyReads, CalendlyWrites, EventFilter } from "./client.ts";
import { readCancellationRefusal, readListingRefusal, unknownRefusal } from "./refusals.ts";
import { PRODUCT } from "./rest.ts";
import type { ScheduledEvent } from "./wire.ts";

/** What becomes of meetings that have other hosts, too. */
export type CollectivePolicy = "cancel" | "keep";

/** The meetings of Calendly's users. Everything throws ConnectorError. */
export interface CalendlyBookings {
  /**
   * Meetings of a user that end after `from`, under the name of `account`. Empty for somebody who is not in the organisation
   * any more: Calendly shows their meetings to nobody but them.
   */
  upcoming(
    whose: { readonly account: AccountId; readonly organization: string; readonly user: string },
    from: Instant,
    how: Sending,
  ): AsyncIterable<Booking>;
  /** Cancels a meeting; the guests are told why, by Calendly. `already-so`: it is over, or nobody expects it any more. */
  cancel(booking: BookingId, reason: string, how: Sending): Promise<Applied>;
}

/** Calendly filters by the start: no meeting that it takes bookings for lasts longer. */
const LONGEST_MEETING_MS = 24 * 60 * 60_000;
/** What Calendly takes, in characters. */
const LONGEST_REASON = 10_000;
/** Meetings that are remembered as over; more are never under way at once. */
const MOST_OVER = 10_000;

/** Meetings by REST, for either profile. */
export function createCalendlyBookings(
  client: Pick<CalendlyReads, "events"> & Pick<CalendlyWrites, "cancel">,
  collective: CollectivePolicy,
): CalendlyBookings {
  // Calendly does not cancel what has begun, yet lists it until it ends: whoever was told so need not ask again.
  const over = new Set<string>();

  async function page(filter: EventFilter, token: string | null, how: Sending): Promise<TokenPage<ScheduledEvent>> {
    const outcome = await client.events(filter, token, how);
    if (outcome.done) return outcome.value;
    if (readListingRefusal(outcome.refusal) === "not-here") return { items: [], next: null };
    throw unknownRefusal("GET /scheduled_events", outcome.refusal);
  }

  return {
    async *upcoming({ account, organization, user }, from, how) {
      const filter = { organization, user, after: addMs(from, -LONGEST_MEETING_MS) };
      for await (const event of everyItem(PRODUCT, (token) => page(filter, token, how))) {
        // A filter that was ignored must not make others' meetings those of a leaver.
        if (!event.event_memberships.some((host) => host.user === user)) {
          throw new ConnectorError("unavailable", "Calendly listed a meeting of somebody else than was asked for");
        }
        const isOurs = collective === "cancel" || event.event_memberships.length <= 1;
        if (isOurs && event.end_time > from && !over.has(event.uri)) yield toBooking(event, account);
      }
    },
    async cancel(booking, reason, how) {
      const outcome = await client.cancel(booking, cut(reason), how);
      if (outcome.done) return { effect: "changed" };
      // A meeting that is not there has nobody who waits for it; whether it is listed still, the next listing shows.
      if (outcome.refusal.status === 404) return { effect: "already-so" };
      switch (readCancellationRefusal(outcome.refusal)) {
        case "over":
          if (over.size >= MOST_OVER) over.clear();
          over.add(booking);
          return { effect: "already-so" };
        case "not-allowed":
          throw new ConnectorError("rejected", "Calendly does not let the owner of the token cancel this meeting");
        case null:
          throw unknownRefusal("POST /scheduled_events/…/cancellation", outcome.refusal);
      }
    },
  };
}

/** A meeting in our words. Those who booked it and those whom they brought along are told when it is cancelled. */
function toBooking(event: ScheduledEvent, account: AccountId): Booking {
  return {
    id: event.uri as BookingId,
    account,
    startsAt: event.start_time,
    endsAt: event.end_time,
    guests: event.invitees_counter.active + event.event_guests.length,
  };
}

/** At most so many characters as Calendly takes, none of them cut in half. */
function cut(reason: string): string {
  return reason.length <= LONGEST_REASON ? reason : [...reason].slice(0, LONGEST_REASON).join("");
}
