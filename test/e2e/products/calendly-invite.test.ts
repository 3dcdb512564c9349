/** Calendly by invitations: from the push of an IdP to the cancelled meeting, and people who have not accepted yet. */
import test from "ava";
import { startProductBridge } from "../../support/product-bridge.ts";
import { until } from "../../support/until.ts";
import { liveClock } from "../../twins/calendly/live-clock.ts";
import { accept, addEvent, membershipOf, userByEmail } from "../../twins/calendly/state.ts";
import type { CalendlyState } from "../../twins/calendly/state.ts";
import { CALENDLY_TOKEN, startCalendlyTwin } from "../../twins/calendly/twin.ts";

/** Nobody can be placed in a group by REST: the mapping asks for none. */
const SETTINGS = {
  environment: { TOKEN: CALENDLY_TOKEN },
  overrides: { mapping: { source: "store", initial: { seats: { default: "standard" } } } },
};

function product(url: string) {
  return { connector: "calendly", profile: "invite", baseUrl: url, token: { env: "TOKEN" } };
}

function invitations(state: CalendlyState): readonly string[] {
  return [...state.invitations.values()].map(({ email, status }) => `${email} ${status}`);
}

function isMember(state: CalendlyState, email: string): boolean {
  const user = userByEmail(state, email);
  return user !== undefined && membershipOf(state, user.id) !== undefined;
}

test("a joiner is invited once, accepts, and when they leave their meetings are cancelled before they are removed", async (t) => {
  const twin = await startCalendlyTwin(t, liveClock);
  const { state } = twin;
  const bridge = await startProductBridge(t, product(twin.url), SETTINGS);
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  t.deepEqual(invitations(state), ["ana@acme.example pending"]);

  const { user } = accept(state, "ana@acme.example", { name: "Ana Lima" });
  await bridge.settled();
  t.deepEqual(invitations(state), ["ana@acme.example accepted"]);
  t.is(twin.writes().length, 1);

  const event = addEvent(state, [user], 24);
  await bridge.idp.patch(ana, { active: false });
  const proof = await bridge.proofOf("ana@acme.example");
  t.like(proof, { bookings: { cancelled: 1, guests: 2, left: 0 } });
  t.false(isMember(state, "ana@acme.example"));
  t.deepEqual(
    state.mails.map(({ to, event: about }) => [to, about]),
    [
      ["gus@guest.example", event.id],
      ["gia@guest.example", event.id],
    ],
  );
  t.deepEqual(
    twin.writes().map(({ method, route, status }) => `${method} ${route ?? ""} ${status}`),
    [
      "POST /organizations/:org/invitations 201",
      "POST /scheduled_events/:id/cancellation 201",
      "DELETE /organization_memberships/:id 204",
    ],
  );
  t.is((await bridge.settled()).outcome, "done");
  t.is(twin.writes().length, 3);
});

test("the invitation of somebody who leaves before accepting is revoked, and a return invites them again", async (t) => {
  const twin = await startCalendlyTwin(t, liveClock);
  const bridge = await startProductBridge(t, product(twin.url), SETTINGS);
  const bo = await bridge.idp.create("bo");
  await bridge.settled();
  await bridge.idp.patch(bo, { active: false });
  await bridge.proofOf("bo@acme.example");
  t.deepEqual(invitations(twin.state), []);

  await bridge.idp.patch(bo, { active: true });
  await bridge.settled();
  t.deepEqual(invitations(twin.state), ["bo@acme.example pending"]);
});

test("whoever finds no seat waits, and is invited when somebody leaves", async (t) => {
  const twin = await startCalendlyTwin(t, liveClock);
  const { state } = twin;
  state.seats = 2;
  const bridge = await startProductBridge(t, product(twin.url), SETTINGS);
  const ana = await bridge.idp.create("ana");
  await bridge.settled();
  accept(state, "ana@acme.example");
  await bridge.idp.create("bo");
  await bridge.run();
  t.deepEqual(invitations(state), ["ana@acme.example accepted"]);

  await bridge.idp.patch(ana, { active: false });
  await bridge.proofOf("ana@acme.example");
  await until("an invitation for bo", async () => {
    await bridge.run();
    return invitations(state).includes("bo@acme.example pending") || null;
  });
  t.false(isMember(state, "ana@acme.example"));
});
