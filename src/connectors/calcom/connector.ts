import { ConnectorError } from "../../domain/errors.ts";
import type { ChangeKind } from "../../domain/plan.ts";
import { createTimeZones } from "../../lib/time-zones.ts";
import type { Capabilities, Connector } from "../../ports/connector.ts";
import { bearer } from "../auth/fixed-credentials.ts";
import { createProductHttp } from "../http.ts";
import type { ConnectorDeps } from "../kind.ts";
import { applyChange } from "./apply.ts";
import { createCalcomBookings } from "./bookings.ts";
import { createCalcomClient, errorCode } from "./client.ts";
import { diagnoseCalcom } from "./diagnose.ts";
import { createMemberships } from "./memberships.ts";
import type { CalcomOptions } from "./options.ts";
import { createPeople } from "./people.ts";
import { toCalcomDesire } from "./profile.ts";
import { createTeams } from "./teams.ts";

/** Cal.com blocks a key for so long, and says neither that nor when it ends. */
const BLOCKED_MS = 60_000;

const CHANGES: readonly ChangeKind[] = [
  "create-account",
  "adopt-account",
  "update-account",
  "deactivate-account",
  "assign-seat",
  "release-seat",
  "create-group",
  "add-to-group",
  "remove-from-group",
  "cancel-booking",
  "reassign-booking",
];

// What API v2 can do for an organisation.
const CAPABILITIES: Capabilities = {
  changes: new Set(CHANGES),
  // Members are what is billed.
  seats: "implied",
  bookings: "bridge",
  // An administrator cannot change the name of a user: their own key can, and Cal.com's SCIM.
  updates: new Set(["email", "timezone", "locale"]),
  // Whoever had a Cal.com account before may have to, where the organisation does not vouch for their address.
  invites: false,
  // A team takes members of the organisation only.
  pendingGroups: false,
  // What ends is the membership. The user stays, out of our sight, and comes back with the same id.
  deactivated: "gone",
  // Whether an organisation still sees the bookings of somebody who has left it is not documented.
  bookingOrder: "bookings-first",
  marker: true,
  seatCounts: false,
  // Not documented, and an address at which nobody can be reached would be given to guests meanwhile.
  parking: false,
  // 120 requests a minute.
  maxConcurrency: 4,
};

/**
 * An organisation in Cal.com, by its API v2. Accounts are memberships; their ids are those of the users. Our marker is
 * kept in the metadata of users that we have made.
 */
export function createCalcomConnector(
  { organization, token, baseUrl, seat }: CalcomOptions,
  deps: Pick<ConnectorDeps, "clock" | "onCall" | "rateLimit" | "requestTimeoutMs" | "credentialSetting">,
): Connector {
  const http = createProductHttp({
    product: "Cal.com",
    baseUrl,
    headers: bearer(token),
    ...deps,
    errorCode,
    pauseMs: BLOCKED_MS,
  });
  const client = createCalcomClient(http, organization);
  const memberships = createMemberships(client);
  const teams = createTeams(client);
  const people = createPeople({ id: organization, client, memberships, teams, seat });
  const bookings = createCalcomBookings(client, memberships, deps.clock);
  const zoneName = createTimeZones();
  return {
    name: "calcom",
    capabilities: CAPABILITIES,
    normalize: (desired) => toCalcomDesire(desired, seat, zoneName),
    observe: (signal, urgent) => people.observe({ signal, urgent }),
    find: (who, signal, urgent) => people.find(who, { signal, urgent }),
    async *bookings(account, from, signal, urgent) {
      yield* await bookings.upcoming(account, from, { signal, urgent });
    },
    async apply(change, context) {
      try {
        return await applyChange({ client, people, memberships, teams, bookings }, change, context);
      } catch (error) {
        if (error instanceof ConnectorError) throw error;
        throw new ConnectorError("rejected", "the change could not be put to Cal.com", { cause: error });
      }
    },
    diagnose: (signal) => diagnoseCalcom(client, { organization, seat }, signal),
    close: () => Promise.resolve(),
  };
}
