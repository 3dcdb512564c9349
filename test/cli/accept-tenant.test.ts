import test from "ava";
import { accountOf, hire, openTestBridge, runFull } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

test("another organisation behind the same address stops plan and apply, until it is accepted", async (t) => {
  const bridge = await openTestBridge(t);
  await hire(bridge, "ana@acme.example");
  await runFull(bridge);
  await hire(bridge, "bo@acme.example");
  bridge.product.state.tenant = "org_2";
  for (const args of [["plan"], ["apply", "--yes"]]) {
    const { code, errors } = await command(args, { bridge });
    t.is(code, 78, args.join(" "));
    t.regex(errors, /another organisation than before: org_2, where org_1 is known\. Nothing is written to it\./);
    t.regex(errors, /rosterbridge apply --accept-tenant org_2/);
  }
  t.is(accountOf(bridge, "bo@acme.example"), undefined);

  t.is((await command(["apply", "--yes", "--accept-tenant", "org_3"], { bridge })).code, 78);
  const accepted = await command(["apply", "--yes", "--accept-tenant", "org_2"], { bridge });
  t.is(accepted.code, 0);
  t.is(accountOf(bridge, "bo@acme.example")?.status, "active");
  t.is((await command(["plan"], { bridge })).code, 0);
});

test("an organisation is accepted for everybody, never for one person", async (t) => {
  const bridge = await openTestBridge(t);
  const { code, errors } = await command(["apply", "--person", "ana@acme.example", "--accept-tenant", "org_1"], {
    bridge,
  });
  t.is(code, 64);
  t.regex(errors, /--accept-tenant is about everybody: leave --person out\./);
});
