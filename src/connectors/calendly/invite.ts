import type { Seat } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Capabilities, Connector } from "../../ports/connector.ts";
import { withImpliedSeat } from "../implied-seat.ts";
import { createAccountIds } from "./account-ids.ts";
import { canonicalProfile } from "./accounts.ts";
import { applyByInvitation } from "./apply.ts";
import { createCalendlyBookings } from "./bookings.ts";
import type { CalendlyClient } from "./client.ts";
import { diagnoseCalendly } from "./diagnose.ts";
import type { CalendlyOptions } from "./options.ts";
import { observeOrganization } from "./listing.ts";
import { createOrganization } from "./organization.ts";
import { createPeople } from "./people.ts";

const CAPABILITIES: Capabilities = {
  changes: new Set([
    "create-account",
    "adopt-account",
    "deactivate-account",
    "assign-seat",
    "release-seat",
    "cancel-booking",
  ]),
  seats: "implied",
  bookings: "bridge",
  // Nobody but the person edits a name, an address or a time zone.
  updates: new Set(),
  invites: true,
  pendingGroups: false,
  deactivated: "gone",
  // The meetings of somebody who was removed are shown to nobody but them.
  bookingOrder: "bookings-first",
  marker: false,
  seatCounts: false,
  parking: false,
  maxConcurrency: 4,
};

/**
 * Calendly without SCIM: people come in by invitation, and go by removal from the organisation. Who is invited is shown as
 * pending until they accept, under the id that they keep as members. Groups are shown and cannot be written.
 */
export function createInviteConnector(client: CalendlyClient, options: CalendlyOptions): Connector {
  const seat = options.seat as Seat;
  const organization = createOrganization(client, options.organization);
  const ids = createAccountIds();
  const people = createPeople(client, organization, ids, seat);
  const bookings = createCalendlyBookings(client, options.collective);
  const tools = { client, people, bookings, organization };
  return {
    name: "calendly",
    capabilities: CAPABILITIES,
    normalize: (desired) => withImpliedSeat({ ...desired, profile: canonicalProfile(desired.profile) }, seat),
    observe: (signal, urgent) => observeOrganization(client, organization, ids, seat, { signal, urgent }),
    find: (who, signal, urgent) => people.find(who, { signal, urgent }),
    async *bookings(account, from, signal, urgent) {
      const how = { signal, urgent };
      const who = await people.behind(account, how);
      // Nobody can book with somebody who has not accepted yet.
      if (who?.is !== "member") return;
      const whose = { account, organization: await organization.id(how), user: who.membership.user.uri };
      yield* bookings.upcoming(whose, from, how);
    },
    async apply(change, context) {
      try {
        return await applyByInvitation(tools, change, context);
      } catch (error) {
        if (error instanceof ConnectorError) throw error;
        throw new ConnectorError("rejected", "the change could not be put to Calendly", { cause: error });
      }
    },
    diagnose: (signal) => diagnoseCalendly(client, options, { signal }),
    close: () => Promise.resolve(),
  };
}
