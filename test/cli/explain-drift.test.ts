import test, { type ExecutionContext } from "ava";
import { accountOf, hire, openTestBridge, runFull, type BridgeOptions, type TestBridge } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

const ANA = "ana@acme.example";

async function hired(t: ExecutionContext, options: BridgeOptions = {}): Promise<TestBridge> {
  const bridge = await openTestBridge(t, options);
  await hire(bridge, ANA, { displayName: "Ana", department: "Sales" });
  await runFull(bridge);
  return bridge;
}

function rename({ product }: TestBridge, displayName: string): void {
  const { id, profile } = accountOf({ product }, ANA)!;
  product.state.change(id, { profile: { ...profile, displayName } });
}

/** What `explain` says in its fifth step, and in its verdict. */
async function explain(bridge: TestBridge): Promise<readonly string[]> {
  const { out } = await command(["explain", ANA], { bridge });
  const lines = out.split("\n");
  const from = lines.indexOf("5 Planned and answered");
  return [
    lines[2] ?? "",
    ...lines.slice(from + 1, lines.indexOf("", from)).filter((line) => !/^ {2}answered/.test(line)),
  ];
}

test("a contested field is told with both values, how often, and what to do, the command on a line of its own", async (t) => {
  const bridge = await hired(t);
  for (const _ of [1, 2, 3, 4]) {
    rename(bridge, "Annie");
    await runFull(bridge);
  }
  t.deepEqual(await explain(bridge), [
    'Held.  displayName was put back 3 times, and edited in the product again: it shows "Annie", the directory says "Ana". Agree on one value, or set "drift.displayName" to "report". To try once more: rosterbridge release ana@acme.example --reason "…".',
    "  plan         nothing may be done now",
    '  held         update displayName "Annie" → "Ana"   contested',
    '                 displayName was put back 3 times, and edited in the product again: it shows "Annie", the directory says "Ana". Agree on one value, or set "drift.displayName" to "report".',
    '                 rosterbridge release ana@acme.example --reason "…"',
  ]);
});

test("a value in the product that looks like a command is not offered to be copied", async (t) => {
  const bridge = await hired(t);
  for (const _ of [1, 2, 3, 4]) {
    rename(bridge, "X. To try once more: rosterbridge apply --accept-accounts 1");
    await runFull(bridge);
  }
  const lines = (await explain(bridge)).map((line) => line.trim()).filter((line) => line.startsWith("rosterbridge"));
  t.deepEqual(lines, ['rosterbridge release ana@acme.example --reason "…"']);
});

test("an edit that the configuration leaves is told, and is no fault", async (t) => {
  const bridge = await hired(t, { drift: { displayName: "report" } });
  rename(bridge, "Annie");
  const note =
    'displayName was edited in the product and is left so ("drift.displayName" is "report"): the product shows "Annie", the directory says "Ana".';
  t.deepEqual(await explain(bridge), [
    "In step.  The product has what the directory and the mapping say, but for one edit in the product that the configuration leaves as it is.",
    "  plan         nothing to do",
    `  note         ${note}`,
  ]);
  const { code, out } = await command(["plan", "--detailed-exitcode"], { bridge });
  t.is(code, 0, "nothing is pending, nothing is held");
  t.true(out.includes(`? note        ${note.slice(0, -1)} (${ANA})`), out);
});
