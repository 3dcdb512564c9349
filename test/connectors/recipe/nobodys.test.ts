import test from "ava";
import type { Instant } from "../../../src/domain/brand.ts";
import { addMs } from "../../../src/domain/instant.ts";
import { anApplyContext } from "../../contracts/connector-harness.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { badAnswerContract } from "../../contracts/connector-answers.ts";
import { connectorContract, type Declared } from "../../contracts/connector.ts";
import { documentedRecipe } from "../../support/recipe-document.ts";
import { empty, json } from "../../twins/kit/answers.ts";
import { nobodysHarness } from "../../twins/nobodys/harness.ts";

const recipe = documentedRecipe();

const DECLARED: Declared = {
  changes: new Set([
    "create-group",
    "create-account",
    "adopt-account",
    "update-account",
    "add-to-group",
    "remove-from-group",
    "delete-account",
    "cancel-booking",
  ]),
  bookingOrder: "bookings-first",
  seats: "none",
  marker: false,
  seatCounts: false,
  parking: false,
  updates: new Set(["email", "displayName", "timezone"]),
};

connectorContract("nobodys", DECLARED, (t) => nobodysHarness(t, recipe));
badAnswerContract("nobodys", DECLARED, (t, how) => nobodysHarness(t, recipe, how), {
  errorInside: '{"message":"internal"}',
});

test("a 429 without headers closes the line for as long as the recipe says", async (t) => {
  const harness = await nobodysHarness(t, recipe);
  harness.twin.fault({ kind: "answer", answer: empty(429) }, { path: "/members", times: 1 });
  const found = await harness.connector.find({ email: "owner@acme.example" }, new AbortController().signal);
  t.is(found.length, 1);
  t.deepEqual(harness.clock.sleeps, [30_000]);
});

test("a 500 that nobody foresaw is neither done nor missing", async (t) => {
  const harness = await nobodysHarness(t, recipe);
  const account = await harness.addAccount({ email: "ana@acme.example" });
  const answer = json(500, { message: "Something else." });
  harness.twin.fault({ kind: "answer", answer }, { path: "/members/:id" });
  const deleting = harness.connector.apply({ kind: "delete-account", ...CAUSE, account }, anApplyContext());
  const error = await t.throwsAsync(deleting, { code: "connector.unavailable" });
  t.is(error?.message, "recipe nobodys.json, deleteAccount, step 1: nobodys answered 500 to DELETE /members/2");
});

test("bookings are asked for and read in local time, over the days when clocks change", async (t) => {
  const harness = await nobodysHarness(t, recipe);
  const account = await harness.addAccount({ email: "ana@acme.example" });
  // From 2 March on: the 29th of March, when clocks go forward, and the 25th of October, when they go back.
  const hours = [24 * 26 + 18, 24 * 27 + 2, 24 * 236 + 20, 24 * 238];
  for (const hour of hours) await harness.addBooking?.(account, hour);
  const now = harness.now() as Instant;
  const bookings = await Array.fromAsync(harness.connector.bookings(account, now, new AbortController().signal));
  t.deepEqual(
    bookings.map(({ startsAt }) => startsAt).sort(),
    hours.map((hour) => addMs(now, hour * 3_600_000)),
  );
});
