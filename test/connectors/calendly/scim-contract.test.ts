import test from "ava";
import type { ExecutionContext } from "ava";
import { createCalendlyConnector } from "../../../src/connectors/calendly/kind.ts";
import { calendlyOptionsSchema } from "../../../src/connectors/calendly/options.ts";
import type { BookingId, ProductGroupId, Seat } from "../../../src/domain/account.ts";
import { CHANGE_KINDS } from "../../../src/domain/plan.ts";
import { badAnswerContract, type SpoilableHarness, type SpoilableOptions } from "../../contracts/connector-answers.ts";
import { connectorContract, type Declared } from "../../contracts/connector.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { accountsOf, addPerson, readRecipe } from "../../support/scim-products.ts";
import { startScimCalendly } from "../../twins/calendly/scim-face.ts";
import { addEvent } from "../../twins/calendly/state.ts";
import { CALENDLY_TOKEN } from "../../twins/calendly/twin.ts";
import { SCIM_TOKEN } from "../../twins/scim-product/manners.ts";
import { connectorDeps } from "./harness.ts";

async function createHarness(t: ExecutionContext, how: SpoilableOptions = {}): Promise<SpoilableHarness> {
  const clock = createManualClock();
  const { scim, rest, userOf } = await startScimCalendly(t, clock);
  const options = calendlyOptionsSchema.parse({
    connector: "calendly",
    profile: "scim",
    token: CALENDLY_TOKEN,
    baseUrl: rest.url,
    scim: { baseUrl: scim.url, token: SCIM_TOKEN, groups: ["Sales", "Sales EMEA"] },
  });
  const connector = createCalendlyConnector(options, { ...connectorDeps(clock), ...how, readRecipe });
  t.teardown(() => connector.close());
  return {
    connector,
    spoiler: scim.spoiler,
    severalPages: 201,
    seat: "standard" as Seat,
    now: () => clock.now(),
    addAccount: (profile) => Promise.resolve(addPerson(scim, profile)),
    addGroup: (name) => Promise.resolve(name as ProductGroupId),
    addBooking: (account, hours) => Promise.resolve(addEvent(rest.state, [userOf(account)], hours).id as BookingId),
    accounts: () => Promise.resolve(accountsOf(scim, { recipe: "calendly" })),
    mails: () => Promise.resolve(rest.state.mails.length),
    writes: () => Promise.resolve(scim.writes().length + rest.writes().length),
    fillSeats: () => Promise.resolve(scim.state.setSeats(scim.state.users().length)),
    fail(fault) {
      scim.fail(fault);
      rest.fail(fault);
      return Promise.resolve();
    },
    failSecondPage: () => Promise.resolve(scim.failPage("accounts", 2)),
    heal() {
      scim.heal();
      rest.heal();
      return Promise.resolve();
    },
  };
}

const NOT_CALENDLYS = ["create-group", "delete-account", "reassign-booking"];

const DECLARED: Declared = {
  changes: new Set(CHANGE_KINDS.filter((kind) => !NOT_CALENDLYS.includes(kind))),
  bookingOrder: "bookings-first",
  seats: "implied",
  bookings: "bridge",
  updates: new Set(["email", "displayName"]),
  invites: false,
  pendingGroups: true,
  deactivated: "shown",
  marker: true,
  seatCounts: false,
  parking: false,
};

connectorContract("calendly, by SCIM", DECLARED, (t) => createHarness(t));
badAnswerContract("calendly, by SCIM", DECLARED, createHarness);

test("an examination tells of seats once, and of bookings as REST has them", async (t) => {
  const { connector } = await createHarness(t);
  const findings = await Array.fromAsync(connector.diagnose(new AbortController().signal));
  const subjects = findings.map(({ subject }) => subject);
  t.deepEqual(
    subjects.filter((subject) => /seats|bookings/.test(subject)),
    ["bookings", "seats"],
  );
  t.deepEqual(subjects.length, new Set(subjects).size);
});
