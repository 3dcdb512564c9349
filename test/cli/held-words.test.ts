import test from "ava";
import { hire, NO_LIMITS, openTestBridge, patch, runFull, runUrgent } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

test("who waits for a seat is not sent to `apply` while the mode forbids it", async (t) => {
  const bridge = await openTestBridge(t, { mode: "observe", product: { seats: { standard: 0 } } });
  const ana = await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  const { out } = await command(["explain", ana.id], { bridge });
  t.true(
    out.includes(
      [
        "                 Free or buy a seat.",
        '                 The mode is "observe": nothing is written to the product. Change "mode" in the configuration, and start `serve` again. Then:',
        `                 rosterbridge apply --person ${ana.id}`,
      ].join("\n"),
    ),
    out,
  );
  bridge.restart({ policy: { ...bridge.settings.policy, mode: "full" } });
  const full = await command(["explain", ana.id], { bridge });
  t.true(full.out.includes("Free or buy a seat. Then:"), full.out);
  t.false(full.out.includes("The mode is"));
});

test("what a restore holds is told as that, with the command that ends it, and not as the mode's", async (t) => {
  const bridge = await openTestBridge(t);
  const ana = await hire(bridge, "ana@acme.example");
  await hire(bridge, "bo@acme.example");
  await runFull(bridge);
  await patch(bridge, ana.id, { active: false });
  bridge.clock.advance(60_000);
  const restoredAt = bridge.clock.now();
  const audit = { at: restoredAt, actor: "cli", action: "store.restored", subject: "store", detail: {} };
  await bridge.store.restorations.note({ restoredAt, knownUntil: null }, audit);
  const plan = await command(["plan"], { bridge });
  t.regex(plan.out, /- deactivate +ana@acme\.example .* leaver, held by the restore/);
  t.regex(
    plan.out,
    /! held +\d changes: the database was restored from a backup, and may be behind the times\n +rosterbridge resume --reason "…"/,
  );
  t.false(plan.out.includes("mode"), plan.out);
  await runUrgent(bridge);
  t.regex((await command(["status"], { bridge })).out, /\n {2}restored: The database was restored .*resume --reason/);
  const told = await command(["explain", ana.id], { bridge });
  t.regex(told.out, /\n +rosterbridge resume --reason "…"/);
  t.false(told.out.includes('"mode"'));
  const released = await command(["release", ana.id, "--reason", "left"], { bridge });
  t.is(released.code, 64);
  t.regex(released.errors, /restored from a backup .* rosterbridge resume/);
});

test("status says of a limit what the plan says, with the digest that the plan shows", async (t) => {
  const limits = { ...NO_LIMITS, deactivate: { floor: 1, max: 1, percent: null } };
  const bridge = await openTestBridge(t, { limits });
  const people = [];
  for (const name of ["ana", "bo", "cy"]) people.push(await hire(bridge, `${name}@acme.example`));
  await runFull(bridge);
  for (const { id } of people.slice(0, 2)) await patch(bridge, id, { active: false });
  await runUrgent(bridge);
  const before = await command(["status"], { bridge });
  t.regex(before.out, /To let the whole plan through: rosterbridge plan shows the digest to approve\n/);
  bridge.clock.advance(1_000);
  const plan = await command(["plan"], { bridge });
  const [, breach = "", approve = ""] = /! held +(.+)\n(?: +.+\n)*? +(rosterbridge approve .+)/.exec(plan.out) ?? [];
  t.is(breach, "2 deactivations: 2 in 24 h, limit 1 (limits.deactivate)");
  const { out } = await command(["status"], { bridge });
  t.true(
    out.includes(
      [
        `  over-limit: ${breach}.`,
        "    ana@acme.example, bo@acme.example",
        `    To let the whole plan through: ${approve}`,
        '    One person alone: rosterbridge release <e-mail> --reason "…".',
      ].join("\n"),
    ),
    out,
  );
});
