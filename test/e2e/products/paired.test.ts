/** People in one product, guests in another: from the push of an IdP to the booking that is cancelled in the second. */
import test from "ava";
import { ConfigError } from "../../../src/domain/errors.ts";
import { showSandbox, startLiveSandbox } from "../../support/live-sandbox.ts";
import { startProductBridge } from "../../support/product-bridge.ts";
import { SANDBOX_TOKEN } from "../../support/sandbox.ts";

test("a leaver's account is shut in the first product, and the bookings are cancelled in the second, once", async (t) => {
  const people = await startLiveSandbox(t);
  const second = await startLiveSandbox(t);
  const access = (url: string) => ({ connector: "sandbox", baseUrl: url, token: { env: "TOKEN" } });
  const bridge = await startProductBridge(
    t,
    { ...access(people.url), bookings: { ...access(second.url), rateLimit: { perMinute: 6_000 } } },
    { environment: { TOKEN: SANDBOX_TOKEN } },
  );
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  const { members, bookings } = second.state;
  const nameless = { givenName: null, familyName: null, timezone: null, role: "member", externalRef: null } as const;
  const host = members.create({ ...nameless, email: "ana@acme.example", displayName: "Ana" }).id;
  const at = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
  const guests = [{ name: "Gus", email: "gus@guest.example" }];
  bookings.create({ hostId: host, title: "Intro", startsAt: at(24), endsAt: at(25), guests, seriesId: null });
  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { bookings: { cancelled: 1, guests: 1, left: 0 }, readBack: { account: "deactivated", seat: null } });
  t.is(showSandbox(people).members["ana@acme.example"]?.status, "deactivated");
  t.is(showSandbox(second).members["ana@acme.example"]?.status, "active", "nobody is written in the second product");
  t.deepEqual(showSandbox(second).bookings, ["ana@acme.example: Intro, cancelled"]);
  t.is(second.ledger.rows().length, 1, "the cancellation, and nothing else");
});

test("a second product that has no bookings for us is refused", async (t) => {
  const people = { connector: "sandbox", baseUrl: "http://127.0.0.1:1", token: "t" };
  for (const [recipe, why] of [
    ["linktime", /^.*\n {2}product\.bookings: linktime cancels bookings by itself: name a product/],
    ["freebusy", /^.*\n {2}product\.bookings: freebusy lists and cancels no bookings: name a product/],
  ] as const) {
    const bookings = { connector: "scim", recipe, token: "t" };
    const error = await t.throwsAsync(startProductBridge(t, { ...people, bookings }), { instanceOf: ConfigError });
    t.regex(error.message, why);
  }
});
