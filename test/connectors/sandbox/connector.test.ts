import type { ExecutionContext } from "ava";
import type { AccountId, BookingId, ProductGroupId, Seat } from "../../../src/domain/account.ts";
import { createSandboxConnector } from "../../../src/connectors/sandbox/connector.ts";
import { toAccount } from "../../../src/connectors/sandbox/wire.ts";
import { CHANGE_KINDS } from "../../../src/domain/plan.ts";
import type { FaultSpec } from "../../../src/sandbox/faults.ts";
import { connectorContract } from "../../contracts/connector.ts";
import type { Declared } from "../../contracts/connector.ts";
import { badAnswerContract } from "../../contracts/connector-answers.ts";
import type { SpoilableHarness, SpoilableOptions } from "../../contracts/connector-answers.ts";
import type { HarnessFault } from "../../contracts/connector-harness.ts";
import { SANDBOX_TOKEN, startSandbox } from "../../support/sandbox.ts";
import { startSpoiler } from "../../twins/kit/spoiler.ts";

const FAULTS: Readonly<Record<HarnessFault, FaultSpec["kind"]>> = {
  auth: "unauthorized",
  "rate-limited": "rate-limited",
  unavailable: "error-before-effect",
  "not-json": "not-json",
  "lost-reply": "lost-reply",
  "unavailable-after-effect": "error-after-effect",
};

async function createHarness(t: ExecutionContext, options: SpoilableOptions = {}): Promise<SpoilableHarness> {
  const { state, ledger, faults, clock, url } = await startSandbox(t, { seats: { standard: 2 } });
  const spoiler = await startSpoiler(t, url);
  const access = { connector: "sandbox", baseUrl: spoiler.url, token: SANDBOX_TOKEN } as const;
  const connector = createSandboxConnector(access, { clock, ...options });
  t.teardown(() => connector.close());
  return {
    connector,
    spoiler,
    severalPages: 1_001,
    seat: "standard" as Seat,
    now: () => clock.now(),
    addAccount({ email, displayName = email, givenName = null, familyName = null, timezone = null }) {
      const names = { displayName, givenName, familyName, timezone };
      const member = state.members.create({ email, ...names, role: "member", externalRef: null });
      return Promise.resolve(member.id as AccountId);
    },
    addGroup: (name) => Promise.resolve(state.groups.create(name).id as ProductGroupId),
    addBooking(hostId, hours) {
      const start = Date.parse(clock.now()) + hours * 3_600_000;
      const booking = state.bookings.create({
        hostId,
        title: "Intro",
        startsAt: new Date(start).toISOString(),
        endsAt: new Date(start + 1_800_000).toISOString(),
        guests: [
          { name: "Gus", email: "gus@guest.example" },
          { name: "Gia", email: "gia@guest.example" },
        ],
        seriesId: null,
      });
      return Promise.resolve(booking.id as BookingId);
    },
    accounts: () =>
      Promise.resolve(state.members.rows().map(({ value }) => toAccount({ ...value, groupIds: [...value.groupIds] }))),
    groupNames: () => Promise.resolve(state.groups.rows().map(({ value }) => value.name)),
    mails: () => Promise.resolve(state.outbox.rows().length),
    writes: () => Promise.resolve(ledger.rows().length),
    fail(fault) {
      faults.add({ kind: FAULTS[fault], times: null, retryAfterSeconds: 120 });
      return Promise.resolve();
    },
    failSecondPage() {
      faults.add({ kind: "error-before-effect", match: { path: "/v1/members" }, after: 1, times: null });
      return Promise.resolve();
    },
    heal: () => Promise.resolve(faults.clear()),
  };
}

const DECLARED: Declared = {
  changes: new Set(CHANGE_KINDS),
  bookingOrder: "deactivate-first",
  updates: new Set(["email", "displayName", "givenName", "familyName", "timezone"]),
  parking: true,
  seatCounts: true,
};
connectorContract("sandbox", DECLARED, (t) => createHarness(t));
badAnswerContract("sandbox", DECLARED, createHarness);
