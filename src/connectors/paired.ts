import type { Booking } from "../domain/account.ts";
import { ConnectorError } from "../domain/errors.ts";
import type { Change, ChangeKind } from "../domain/plan.ts";
import type { Applied, ApplyContext, Capabilities, Connector } from "../ports/connector.ts";
import { diagnosePair } from "./paired-diagnosis.ts";
import { createHosts, type Hosts } from "./paired-hosts.ts";

type BookingChange = Extract<Change, { readonly kind: "cancel-booking" | "reassign-booking" }>;

/** Whether a connector can be the one for bookings: it lists them, and ends them. */
export function canTakeBookings({ bookings, changes }: Capabilities): boolean {
  return bookings === "bridge" && changes.has("cancel-booking");
}

/**
 * One product for people and another one for their bookings, as one Connector. All that concerns people goes to the first;
 * the second, for which `canTakeBookings` must hold, is looked at and asked to cancel or hand over bookings, and is never told
 * anything else. Whose bookings they are is told by the e-mail, without case.
 */
export function createPairedConnector(people: Connector, second: Connector): Connector {
  const hosts = createHosts(people, second);
  return {
    name: people.name,
    capabilities: pairedCapabilities(people.capabilities, second.capabilities),
    normalize: (desired) => people.normalize(desired),
    observe: (signal, urgent) => people.observe(signal, urgent),
    find: (who, signal, urgent) => people.find(who, signal, urgent),
    async *bookings(account, from, signal, urgent, email): AsyncGenerator<Booking> {
      const host = await hosts.of({ account, email }, { signal, urgent });
      if (host === null) return;
      try {
        for await (const booking of second.bookings(host.id, from, signal, urgent)) yield { ...booking, account };
      } catch (error) {
        throw isMissing(error) ? unsettled(error) : error;
      }
    },
    apply: (change, context) =>
      isAboutBooking(change) ? applyThere(second, hosts, change, context) : people.apply(change, context),
    diagnose: (signal) => diagnosePair(people, second, signal),
    async close() {
      await Promise.all([people.close(), second.close()]);
    },
  };
}

function pairedCapabilities(people: Capabilities, second: Capabilities): Capabilities {
  // Shut accounts must be found on both sides: on the first one for the e-mail, on the second one for the bookings.
  const staysInSight = ({ bookingOrder, deactivated }: Capabilities): boolean =>
    bookingOrder === "deactivate-first" && deactivated === "shown";
  const own = [...people.changes].filter((kind) => !isBookingKind(kind));
  return {
    ...people,
    changes: new Set([...own, ...[...second.changes].filter(isBookingKind)]),
    bookings: "bridge",
    bookingOrder: staysInSight(people) && staysInSight(second) ? "deactivate-first" : "bookings-first",
    maxConcurrency: Math.min(people.maxConcurrency, second.maxConcurrency),
  };
}

function isBookingKind(kind: ChangeKind): kind is BookingChange["kind"] {
  return kind === "cancel-booking" || kind === "reassign-booking";
}

function isAboutBooking(change: Change): change is BookingChange {
  return isBookingKind(change.kind);
}

/** Puts a change to the second product, under the ids that it knows. */
async function applyThere(
  second: Connector,
  hosts: Hosts,
  change: BookingChange,
  context: ApplyContext,
): Promise<Applied> {
  const account = await hosts.lastOf({ account: change.account }, context);
  if (account === null) {
    throw new ConnectorError("rejected", `Whoever hosts this booking has no account in ${second.name} any more.`);
  }
  const there = change.kind === "cancel-booking" ? { ...change, account } : { ...change, account, to: await heir() };
  const { effect } = await second.apply(there, { ...context, account: notHere, group: notHere });
  return { effect };

  async function heir() {
    if (change.kind !== "reassign-booking") throw new ConnectorError("rejected", "a cancelled booking has no new host");
    const found = await hosts.of({ account: change.to, email: change.toLabel }, context);
    if (found?.status === "active") return found.id;
    throw new ConnectorError(
      "rejected",
      `Whoever is to take this booking over has no active account in ${second.name}.`,
    );
  }
}

/** References are those of the first product. */
function notHere(): never {
  throw new ConnectorError("rejected", "a change to a booking refers to no other account and to no group");
}

function isMissing(error: unknown): error is ConnectorError {
  return error instanceof ConnectorError && error.reason === "missing";
}

/** The host was there a moment ago: that says nothing of the bookings, and must not read as "none". */
function unsettled(error: ConnectorError): ConnectorError {
  return new ConnectorError("unavailable", `${error.message} The host of these bookings was there a moment ago.`, {
    cause: error,
  });
}
