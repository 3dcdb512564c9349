/** Nobody's Scheduler by the recipe of docs/recipes.md: from the push of an IdP to the cancelled booking. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import type { JsonObject } from "../../../src/domain/json.ts";
import { createManualClock } from "../../support/manual-clock.ts";
import { startProductBridge } from "../../support/product-bridge.ts";
import { documentedRecipe } from "../../support/recipe-document.ts";
import { NOBODYS_TOKEN, startNobodys } from "../../twins/nobodys/twin.ts";

const DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
const HOUR_MS = 3_600_000;

/** A bridge to Nobody's Scheduler, one person in a team there, and two bookings with them. */
async function acme(t: ExecutionContext, product: JsonObject, leavers: JsonObject) {
  const folder = mkdtempSync(join(tmpdir(), "nobodys-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  const recipe = join(folder, "nobodys.json");
  writeFileSync(recipe, documentedRecipe());
  const clock = createManualClock(new Date().toISOString());
  const nowMs = (): number => Date.parse(clock.now());
  const { state, url } = await startNobodys(t, nowMs);
  const groups = { rules: [{ attribute: DEPARTMENT, values: { Sales: "Sales EMEA" } }] };
  const bridge = await startProductBridge(
    t,
    { connector: "recipe", recipe, baseUrl: url, token: { env: "NOBODYS_TOKEN" }, ...product },
    { environment: { NOBODYS_TOKEN }, overrides: { mapping: { initial: { groups } }, leavers } },
  );
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  const member = [...state.members.values()].find(({ settings }) => settings.email === "ana@acme.example");
  const memberId = member?.memberId ?? 0;
  t.deepEqual(
    [...state.teams.values()].map(({ title, memberIds }) => [title, [...memberIds]]),
    [["Sales EMEA", [memberId]]],
  );
  for (const hours of [24, 24 * 200]) {
    const startMs = nowMs() + hours * HOUR_MS;
    const guests = [{ email: `guest${hours}@client.example` }];
    const booking = { bookingId: `b-${hours}`, memberId, startMs, endMs: startMs + HOUR_MS, guests };
    state.bookings.set(booking.bookingId, { ...booking, state: "booked" });
  }
  return { state, bridge, ana, memberId };
}

test("a leaver's bookings are cancelled, their guests told, and only then the account is deleted", async (t) => {
  const { state, bridge, ana, memberId } = await acme(t, { allowDelete: true }, { action: "delete" });
  await bridge.idp.patch(ana, { active: false });
  t.like(await bridge.proofOf("ana@acme.example"), { bookings: { cancelled: 2, guests: 2 } });
  t.is(state.mails, 2);
  t.false(state.members.has(memberId));
});

test("where nobody may be deleted, a leaver is held and nothing is half done", async (t) => {
  const { state, bridge, ana, memberId } = await acme(t, {}, {});
  await bridge.idp.patch(ana, { active: false });
  const { outcome, summary } = await bridge.run();
  t.is(outcome, "held");
  t.is(summary?.tally.held.unsupported, 1);
  t.is(state.mails, 0);
  t.deepEqual([...([...state.teams.values()][0]?.memberIds ?? [])], [memberId]);
});
