/** Chili Piper by its shipped recipe: from the push of an IdP to the cancelled meeting. */
import test from "ava";
import { createManualClock } from "../../support/manual-clock.ts";
import { startProductBridge } from "../../support/product-bridge.ts";
import { until } from "../../support/until.ts";
import { API_KEY, startChiliPiper } from "../../twins/chilipiper/twin.ts";

const DEPARTMENT = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
const SALES = { rules: [{ attribute: DEPARTMENT, values: { Sales: "Sales EMEA" } }] };

test("who was invited gets a licence and a team; a leaver's meetings are cancelled, and the licence is free", async (t) => {
  const twin = await startChiliPiper(t, { concierge: 1 }, createManualClock(new Date().toISOString()));
  const { state } = twin;
  const bridge = await startProductBridge(
    t,
    {
      connector: "recipe",
      recipe: "chilipiper",
      baseUrl: twin.url,
      token: { env: "CHILI_PIPER_KEY" },
      settings: { workspaceId: state.workspaceId },
      seats: { concierge: 1 },
    },
    {
      environment: { CHILI_PIPER_KEY: API_KEY },
      overrides: { mapping: { initial: { groups: SALES, seats: { default: "concierge" } } } },
    },
  );
  const { id } = state.addUser("ana Test", "ana@acme.example");
  const user = () => state.users.get(id);
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  t.is(user()?.licenses.concierge, true);
  t.deepEqual(
    [...state.teams.values()].map(({ name, members }) => [name, members]),
    [["Sales EMEA", [id]]],
  );

  state.addMeeting(id, 24, ["gus@guest.example"]);
  state.addMeeting(id, 24 * 100, ["gia@guest.example"]);
  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { bookings: { cancelled: 2, guests: 2, left: 0 }, readBack: { account: "deactivated", seat: null } });
  t.deepEqual(state.mails.map(({ to }) => to).sort(), ["gia@guest.example", "gus@guest.example"]);
  t.true([...state.teams.values()].every(({ members }) => members.length === 0));
  t.false(Object.values(user()?.licenses ?? {}).includes(true));

  // Whoever was not invited cannot be made here, and is held; the licence that is free goes to who was.
  state.addUser("bo Test", "bo@acme.example");
  await bridge.idp.create("bo");
  await until("the licence that was freed", () =>
    [...state.users.values()].some(({ email, licenses }) => email === "bo@acme.example" && licenses.concierge),
  );
});
