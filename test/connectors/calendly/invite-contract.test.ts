import type { ExecutionContext } from "ava";
import type { AccountId, BookingId, ProductGroupId, Seat } from "../../../src/domain/account.ts";
import { badAnswerContract, type SpoilableHarness, type SpoilableOptions } from "../../contracts/connector-answers.ts";
import { connectorContract, type Declared } from "../../contracts/connector.ts";
import { accept, addEvent, addGroup, addInvitation } from "../../twins/calendly/state.ts";
import { openInviteBench, shownAccounts } from "./harness.ts";

async function createHarness(t: ExecutionContext, options: SpoilableOptions = {}): Promise<SpoilableHarness> {
  const { twin, state, clock, connector } = await openInviteBench(t, {}, options);
  /** Whoever accepts an invitation goes by its id: the contract's people were all invited. */
  const userOf = (account: string): string => state.invitations.get(account)?.user ?? account;
  return {
    connector,
    spoiler: twin.spoiler,
    severalPages: 201,
    seat: "standard" as Seat,
    pauseMs: 60_000,
    now: () => clock.now(),
    addAccount({ email, displayName = email, timezone = "Europe/London" }) {
      const { id } = addInvitation(state, email);
      accept(state, email, { name: displayName, timezone });
      return Promise.resolve(id as AccountId);
    },
    addGroup: (name) => Promise.resolve(addGroup(state, name) as ProductGroupId),
    addBooking: (account, hours) => Promise.resolve(addEvent(state, [userOf(account)], hours).id as BookingId),
    accounts: () => Promise.resolve(shownAccounts(state)),
    groupNames: () => Promise.resolve([...state.groups.values()].map(({ name }) => name)),
    mails: () => Promise.resolve(state.mails.length),
    writes: () => Promise.resolve(twin.writes().length),
    accept(email) {
      accept(state, email, { name: "Ana Lima" });
      return Promise.resolve();
    },
    fillSeats() {
      state.seats = state.memberships.size;
      return Promise.resolve();
    },
    fail: (fault) => Promise.resolve(twin.fail(fault)),
    failSecondPage: () => Promise.resolve(twin.failPage("memberships", 2)),
    heal: () => Promise.resolve(twin.heal()),
  };
}

const DECLARED: Declared = {
  changes: new Set([
    "create-account",
    "adopt-account",
    "deactivate-account",
    "assign-seat",
    "release-seat",
    "cancel-booking",
  ]),
  bookingOrder: "bookings-first",
  seats: "implied",
  bookings: "bridge",
  updates: new Set(),
  invites: true,
  pendingGroups: false,
  deactivated: "gone",
  marker: false,
  seatCounts: false,
  parking: false,
};

connectorContract("calendly, by invitation", DECLARED, createHarness);
badAnswerContract("calendly, by invitation", DECLARED, createHarness, {
  errorInside: '{"title":"Internal Server Error","message":"internal"}',
});
