import test from "ava";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { LeaverPolicy } from "../../src/domain/policy.ts";
import {
  accountOf,
  book,
  hire,
  LEAVERS,
  openTestBridge,
  patch,
  runFull,
  runUrgent,
  type BridgeOptions,
} from "../support/bridge.ts";
import { ENTERPRISE_URN } from "../support/scim-users.ts";
import { command } from "../support/toolbox.ts";

const withBookings = (bookings: Partial<LeaverPolicy["bookings"]>): BridgeOptions => ({
  leavers: { ...LEAVERS, bookings: { ...LEAVERS.bookings, ...bookings } },
});

test("a proof names who took bookings over beside the account, which is all that it keeps", async (t) => {
  const reassign = { action: "reassign", reassignTo: ["manager"], otherwise: "cancel" } as const;
  const bridge = await openTestBridge(t, withBookings(reassign));
  const max = await hire(bridge, "max@acme.example");
  const ana = await hire(bridge, "ana@acme.example", { [ENTERPRISE_URN]: { manager: { value: max.id } } });
  await runFull(bridge);
  for (const hours of [24, 48]) book(bridge, "ana@acme.example", hours);
  await patch(bridge, ana.id, { active: false });
  await runUrgent(bridge);
  const { id } = accountOf(bridge, "max@acme.example")!;
  const { out } = await command(["proof", "ana@acme.example"], { bridge });
  t.true(out.includes(`2 reassigned to max@acme.example (2, account ${id})`), out);
  const json = await command(["proof", "ana@acme.example", "--json"], { bridge });
  t.like(JSON.parse(json.out), { proofs: [{ heirs: { [id]: "max@acme.example" } }] });
  const [kept] = await bridge.store.evidence.proofs(ana.id);
  t.false(JSON.stringify(kept).includes("max@acme.example"));
});

test("a change that was answered with a fault may have taken effect: that is said, with the answer", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example", { department: "Sales" });
  await runFull(bridge);
  bridge.product.hook((moment, { kind }) => {
    if (moment === "before" && kind === "update-account")
      throw new ConnectorError("unavailable", "sandbox answered 500 to PATCH /v1/members");
  });
  await patch(bridge, ana.id, { displayName: "Ana B" });
  await runFull(bridge);
  const { out } = await command(["explain", ana.id], { bridge });
  t.regex(out, /: nobody knows whether it took effect: \S/);
  t.notRegex(out, /the process ended first/);
  t.regex((await command(["status"], { bridge })).out, /Failing: 1\n {2}ana@acme\.example {2}sandbox answered 500/);
  const status = JSON.parse((await command(["status", "--json"], { bridge })).out);
  t.like(status.failing[0], { user: ana.id, label: "ana@acme.example" });
});

test("of a leaver whose e-mail an owner's account has, that account is named", async (t) => {
  const bridge = await openTestBridge(t);
  const owner = await hire(bridge, "owner@acme.example");
  await patch(bridge, owner.id, { active: false });
  await runFull(bridge);
  const { id } = accountOf(bridge, "owner@acme.example")!;
  const { out } = await command(["explain", "owner@acme.example"], { bridge });
  t.true(
    out.includes(
      `Left.  Has left. Account ${id} has their e-mail, but it is an owner's and was never linked to them: nothing was shut.`,
    ),
    out,
  );
  t.regex(out, /\n {2}match +no account is on record for them, and none is adopted for somebody who has left\n/);
});

test("whoever waits for the end of the grace is said to be shut out, until when, and how to end it, once", async (t) => {
  const bridge = await openTestBridge(t, withBookings({ delayMs: 90_000 }));
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  book(bridge, "ana@acme.example");
  await patch(bridge, ana.id, { active: false });
  await runUrgent(bridge);
  const { out } = await command(["explain", "ana@acme.example"], { bridge });
  t.regex(
    out,
    /^Held\. {2}Waits until Mon 23 Nov 09:01:3\d UTC \(leavers\.bookings\.delay\): the account is shut already, and a return until then loses nothing\.$/m,
  );
  t.is(out.match(/rosterbridge release/g)?.length, 1, out);
});
