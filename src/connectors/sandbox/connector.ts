import type { Booking, ObservedAccount, ObservedGroup } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { CHANGE_KINDS } from "../../domain/plan.ts";
import { createTimeZones } from "../../lib/time-zones.ts";
import type { Capabilities, Connector } from "../../ports/connector.ts";
import { bearer } from "../auth/fixed-credentials.ts";
import { createProductHttp } from "../http.ts";
import type { ConnectorDeps } from "../kind.ts";
import { observePages } from "../observation.ts";
import { applyChange } from "./apply.ts";
import { createSandboxClient, errorCode } from "./client.ts";
import { diagnoseSandbox } from "./diagnose.ts";
import type { SandboxConnectorOptions } from "./options.ts";
import { canonicalProfile, toAccount, toBooking, toGroup, toSeatPools } from "./wire.ts";

/** What the sandbox connector needs from the world around it. */
export type SandboxConnectorDeps = Pick<ConnectorDeps, "clock" | "onCall" | "rateLimit" | "requestTimeoutMs">;

const CAPABILITIES: Capabilities = {
  changes: new Set(CHANGE_KINDS),
  seats: "assigned",
  bookings: "bridge",
  updates: new Set(["email", "displayName", "givenName", "familyName", "timezone"]),
  invites: false,
  pendingGroups: true,
  deactivated: "shown",
  // A deactivated member keeps the bookings, and they can still be listed and cancelled.
  bookingOrder: "deactivate-first",
  marker: true,
  seatCounts: true,
  // It tells nobody that an address was changed.
  parking: true,
  maxConcurrency: 8,
};

/** The bundled sandbox as a Connector. Our marker is kept in the member's `externalRef`. */
export function createSandboxConnector(options: SandboxConnectorOptions, deps: SandboxConnectorDeps): Connector {
  const http = createProductHttp({
    product: "sandbox",
    baseUrl: options.baseUrl,
    headers: bearer(options.token),
    clock: deps.clock,
    onCall: deps.onCall,
    rateLimit: deps.rateLimit,
    requestTimeoutMs: deps.requestTimeoutMs,
    errorCode,
  });
  const client = createSandboxClient(http);
  const timeZones = createTimeZones();
  const isTimeZone = (name: string): boolean => timeZones(name) !== null;
  return {
    name: "sandbox",
    capabilities: CAPABILITIES,
    normalize: (desired) => ({ ...desired, profile: canonicalProfile(desired.profile, isTimeZone) }),
    async observe(signal, urgent) {
      const how = { signal, urgent };
      const groups: ObservedGroup[] = [];
      for await (const group of client.groups(how)) groups.push(toGroup(group));
      const { organizationId, ...pools } = await client.seats(how);
      const seats = toSeatPools(pools);
      const walk = observePages(async (cursor: string | null) => {
        const page = await client.members(cursor, how);
        return { accounts: page.items.map(toAccount), next: page.nextCursor, total: page.total };
      }, signal);
      return { tenant: organizationId, groups, seats, ...walk };
    },
    async find(who, signal, urgent) {
      const how = { signal, urgent };
      const [byId, byEmail] = await Promise.all([
        who.account === undefined ? undefined : client.member(who.account, how),
        who.email === "" ? [] : client.membersByEmail(who.email, how),
      ]);
      const found = new Map<string, ObservedAccount>();
      for (const member of [...(byId === undefined ? [] : [byId]), ...byEmail]) found.set(member.id, toAccount(member));
      return [...found.values()];
    },
    async *bookings(account, from, signal, urgent): AsyncGenerator<Booking> {
      for await (const booking of client.upcomingBookings(account, from, { signal, urgent })) yield toBooking(booking);
    },
    async apply(change, context) {
      try {
        return await applyChange(client, change, context);
      } catch (error) {
        if (error instanceof ConnectorError) throw error;
        throw new ConnectorError("rejected", "the change could not be put to the sandbox", { cause: error });
      }
    },
    diagnose: (signal) => diagnoseSandbox(client, signal),
    close: () => Promise.resolve(),
  };
}
