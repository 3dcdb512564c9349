/** The sandbox as a product like any other: from the push of an IdP to the cancelled booking. */
import test from "ava";
import { showSandbox, startLiveSandbox, type LiveSandbox } from "../../support/live-sandbox.ts";
import { startProductBridge } from "../../support/product-bridge.ts";
import { SANDBOX_TOKEN } from "../../support/sandbox.ts";

/** A meeting tomorrow with one guest. */
function book({ state }: LiveSandbox, email: string): void {
  const hostId = state.members.rows(email)[0]?.value.id ?? "";
  const at = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
  const guests = [{ name: "Gus", email: "gus@guest.example" }];
  state.bookings.create({ hostId, title: "Intro", startsAt: at(24), endsAt: at(25), guests, seriesId: null });
}

test("a joiner gets an account; a leaver's bookings are cancelled, and there is proof", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const bridge = await startProductBridge(
    t,
    { connector: "sandbox", baseUrl: sandbox.url, token: { env: "TOKEN" } },
    { environment: { TOKEN: SANDBOX_TOKEN } },
  );
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  t.like(showSandbox(sandbox).members, {
    "ana@acme.example": { displayName: "ana Test", status: "active", seat: "standard", groups: ["Sales EMEA"] },
  });
  book(sandbox, "ana@acme.example");
  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { bookings: { cancelled: 1, guests: 1, left: 0 }, readBack: { account: "deactivated", seat: null } });
  t.deepEqual(showSandbox(sandbox).bookings, ["ana@acme.example: Intro, cancelled"]);
});
