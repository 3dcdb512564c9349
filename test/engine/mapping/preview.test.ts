import test from "ava";
import { ConnectorError } from "../../../src/domain/errors.ts";
import type { JsonObject } from "../../../src/domain/json.ts";
import type { MappingPreview, PersonMove } from "../../../src/engine/mapping/preview-shape.ts";
import { parseGroup } from "../../../src/scim/group.ts";
import {
  dryRun,
  hire,
  MAPPING,
  NEVER,
  openTestBridge,
  origin,
  PLAIN,
  remove,
  runFull,
  saveMapping,
  type BridgeOptions,
  type TestBridge,
} from "../../support/bridge.ts";
import { CALENDLY_ALIAS, CALENDLY_URN, ENTERPRISE_URN, GROUP_URN, USER_URN } from "../../support/scim-users.ts";
import type { ExecutionContext } from "ava";

async function previewOf(
  bridge: TestBridge,
  document: JsonObject,
  stagedOnly = false,
): Promise<{ readonly preview: MappingPreview; readonly moves: ReadonlyMap<string, PersonMove> }> {
  const moves = new Map<string, PersonMove>();
  const preview = await bridge.services().mappingEdits.preview(document, {
    stagedOnly,
    signal: NEVER,
    onMove: (move) => void moves.set(move.label.split("@")[0] ?? "", move),
  });
  return { preview, moves };
}

/** Ana and Bo sell, Cy supports, Di manages sellers, Ed is a contractor without a department; all of them in step. */
async function company(t: ExecutionContext, options: BridgeOptions = {}): Promise<TestBridge> {
  const bridge = await openTestBridge(t, options);
  await hire(bridge, "ana@acme.example", { department: "Sales" });
  await hire(bridge, "bo@acme.example", { department: "Sales", title: "Trainee" });
  await hire(bridge, "cy@acme.example", { department: "Support" });
  await hire(bridge, "di@acme.example", { department: "Sales", title: "Manager" });
  await hire(bridge, "ed@acme.example", { department: "Research", userType: "Contractor" });
  await runFull(bridge);
  return bridge;
}

const RULES = (MAPPING["groups"] as { rules: readonly JsonObject[] }).rules;
const withValues = (values: JsonObject, unmapped: JsonObject | string = "report"): JsonObject => ({
  ...MAPPING,
  groups: { rules: [{ attribute: `${ENTERPRISE_URN}:department`, values, unmapped }, ...RULES.slice(1)] },
});

test("an edit that says the same changes nothing for anybody", async (t) => {
  const bridge = await company(t);
  const { preview, moves } = await previewOf(bridge, MAPPING);
  t.is(moves.size, 0);
  t.like(preview, { savedVersion: 1, people: 5, whyStagedOnly: null, totals: { moves: 0 }, takeover: { groups: [] } });
  t.deepEqual(
    preview.groups.map(({ group, before, after }) => [group, before, after]),
    [
      ["Managers", 1, 1],
      ["Sales", 3, 3],
      ["Support", 1, 1],
    ],
  );
});

for (const stagedOnly of [false, true]) {
  const over = stagedOnly ? "what is staged alone" : "the product";
  test(`who joins and leaves which group is told, over ${over}`, async (t) => {
    const bridge = await company(t);
    const edit = withValues({ Sales: "Sales EMEA", Research: "Support" });
    const { preview, moves } = await previewOf(bridge, edit, stagedOnly);
    t.deepEqual([...moves.keys()].sort(), ["ana", "bo", "cy", "di", "ed"]);
    t.like(moves.get("ana"), { account: null, joins: ["Sales EMEA"], leaves: [], seat: null, held: [] });
    t.like(moves.get("cy"), { account: null, joins: [], leaves: ["Support"], seat: null, held: [] });
    const known = (isCreated: boolean) => (stagedOnly ? null : isCreated);
    t.deepEqual(
      preview.groups.map(({ group, before, after, joins, leaves, isCreated, isEmptied, ruling }) => [
        [group, before, after, joins, leaves].join(" "),
        isCreated,
        isEmptied,
        ruling,
      ]),
      [
        ["Managers 1 1 0 0", known(false), false, null],
        ["Sales 3 3 0 0", known(false), false, "ends"],
        ["Sales EMEA 0 3 3 0", known(true), false, "begins"],
        ["Support 1 1 1 1", known(false), false, null],
      ],
    );
    t.deepEqual(preview.unmapped, [{ value: "department: Support", people: 1, before: 0 }]);
    t.is(preview.observedAt === null, stagedOnly);
    t.like(preview.totals, { moves: 5, joinGroups: 4, leaveGroups: 1 });
  });
}

test("a group that nobody is left in is told", async (t) => {
  const bridge = await company(t);
  const { preview } = await previewOf(bridge, withValues({ Sales: "Sales", Nobody: "Support" }));
  t.like(
    preview.groups.find(({ group }) => group === "Support"),
    { before: 1, after: 0, isEmptied: true, leaves: 1 },
  );
});

test("the preview tells what the plans before and after the save tell", async (t) => {
  const bridge = await company(t);
  const edit = {
    ...withValues({ Sales: ["Sales", "All Sales"] }, { group: "Others" }),
    scope: 'not (title eq "Trainee")',
  };
  const { preview, moves } = await previewOf(bridge, edit);
  t.is((await dryRun(bridge)).people.length, 0);
  bridge.clock.advance(1_000);
  await saveMapping(bridge, edit);
  const planned = await dryRun(bridge);
  t.deepEqual(planned.people.map(({ label }) => label.split("@")[0] ?? "").sort(), [...moves.keys()].sort());
  for (const { label, changes, held } of planned.people) {
    const all = [...changes, ...held.map(({ change }) => change)];
    const named = (kind: string) =>
      all.flatMap((change) => (change.kind === kind && "group" in change ? change.group.name : [])).sort();
    const move = moves.get(label.split("@")[0] ?? "");
    t.deepEqual(move?.joins, named("add-to-group"), label);
    t.deepEqual(move?.leaves, named("remove-from-group"), label);
    t.is(
      move?.account === "leaves",
      all.some(({ kind }) => kind === "deactivate-account"),
    );
  }
  t.like(moves.get("bo"), { account: "leaves", needsApproval: true, seat: { from: "standard", to: null } });
  t.like(preview.totals, { leave: 1, needApproval: 1, loseSeat: 1, comeIn: 0 });
  t.deepEqual(
    preview.groups.filter(({ isCreated }) => isCreated).map(({ group }) => group),
    ["All Sales", "Others"],
  );
});

test("who comes in and who stays out is told; nothing is written", async (t) => {
  const bridge = await company(t, { mapping: { ...MAPPING, scope: 'not (title eq "Trainee")' } });
  await hire(bridge, "fi@acme.example", { department: "Sales" });
  const writes = bridge.product.state.accounts.size;
  const { preview, moves } = await previewOf(bridge, { ...MAPPING, scope: 'userName ne "fi@acme.example"' });
  t.like(moves.get("bo"), { account: "comes-in", joins: ["Sales"], seat: { from: null, to: "standard" } });
  t.like(moves.get("fi"), { account: "stays-out", leaves: ["Sales"], seat: { from: "standard", to: null } });
  t.like(preview.totals, { moves: 2, comeIn: 1, stayOut: 1, leave: 0 });
  t.is(bridge.product.state.accounts.size, writes);
  t.is((await bridge.services().mappingEdits.show()).version, 1);
});

test("the first group rule tells who is in the group today by hand, and would be taken out", async (t) => {
  const bridge = await company(t);
  await saveMapping(bridge, {});
  await runFull(bridge);
  const { preview, moves } = await previewOf(bridge, {
    groups: { rules: [{ when: 'title eq "Manager"', group: "Sales" }] },
  });
  t.deepEqual(preview.takeover, { groups: ["Sales"], isFirst: true, takenOut: 2 });
  t.deepEqual([...moves.keys()].sort(), ["ana", "bo"]);
  t.like(preview.groups[0], { group: "Sales", before: 3, after: 1, leaves: 2, ruling: "begins", isCreated: false });
});

test("seats, profiles and rules that put nobody anywhere are told", async (t) => {
  const bridge = await company(t, { product: { seats: { standard: 4, premium: 0 } } });
  const { preview, moves } = await previewOf(bridge, {
    ...MAPPING,
    account: { displayName: ["title", "displayName"] },
    groups: { rules: [...RULES, { when: 'title eq "Pilot"', group: "Pilots" }] },
    seats: { rules: [{ when: 'title eq "Manager"', seat: "premium" }] },
  });
  t.deepEqual(moves.get("di")?.seat, { from: "standard", to: "premium" });
  t.deepEqual(moves.get("bo")?.fields, [{ field: "displayName", from: "bo", to: "Trainee" }]);
  t.deepEqual(moves.get("ed")?.seat, { from: null, to: "standard" });
  t.deepEqual(preview.seats, [
    { seat: "premium", before: 0, after: 1, total: 0 },
    { seat: "standard", before: 4, after: 4, total: 4 },
  ]);
  t.deepEqual(preview.idleRules, ["groups.rules[2]"]);
});

for (const [title, spoil, why] of [
  [
    "cannot be reached",
    ({ product }) => product.failReads(new ConnectorError("unavailable", "It is down.")),
    /It is down/,
  ],
  ["breaks its list off", ({ product }) => product.failPage(0), /page/],
  ["lists too few accounts", ({ product }) => product.hide(({ role }) => role === "member"), /fewer than 80 %/],
] as const satisfies readonly (readonly [string, (bridge: TestBridge) => void, RegExp])[]) {
  test(`where the product ${title}, what is staged is compared alone, and that is said`, async (t) => {
    const bridge = await company(t);
    spoil(bridge);
    const { preview, moves } = await previewOf(bridge, { ...MAPPING, scope: 'not (title eq "Trainee")' });
    t.is(preview.observedAt, null);
    t.regex(preview.whyStagedOnly ?? "", why);
    t.like(moves.get("bo"), { account: "leaves", leaves: ["Sales"], seat: { from: "standard", to: null } });
    t.like(preview, { people: 5, totals: { moves: 1, leave: 1, needApproval: 1 } });
  });
}

test("members of a directory group are a source, as is either of Calendly's group attributes", async (t) => {
  const [IETF, OWN] = [CALENDLY_URN, CALENDLY_ALIAS];
  const bridge = await openTestBridge(t, { mapping: {} });
  const ana = await hire(bridge, "ana@acme.example", { schemas: [USER_URN, IETF], [IETF]: { group: "emea" } });
  await hire(bridge, "bo@acme.example", { schemas: [USER_URN, OWN], [OWN]: { group: "emea" } });
  const tier = parseGroup({ schemas: [GROUP_URN], displayName: "Tier 1", members: [{ value: ana.id }] });
  await bridge.services().groups.createGroup(origin(), tier, PLAIN);
  await runFull(bridge);
  for (const urn of [IETF, OWN]) {
    const { moves } = await previewOf(bridge, {
      groups: {
        rules: [
          { attribute: `${urn}:group`, values: { emea: "Sales EMEA" } },
          { directoryGroup: "tier 1", group: "Support" },
          { when: `${urn}:group eq "emea"`, group: "Abroad" },
        ],
      },
    });
    t.deepEqual(moves.get("ana")?.joins, ["Abroad", "Sales EMEA", "Support"]);
    t.deepEqual(moves.get("bo")?.joins, ["Abroad", "Sales EMEA"]);
  }
});

test("values that no rule names are counted by how many people carry them, most first", async (t) => {
  const bridge = await company(t);
  await hire(bridge, "gil@acme.example", { department: "Research" });
  const { preview } = await previewOf(bridge, withValues({ Support: "Support" }));
  t.deepEqual(preview.unmapped, [
    { value: "department: Sales", people: 3, before: 0 },
    { value: "department: Research", people: 2, before: 0 },
  ]);
  t.is(preview.unmappedBeyond, 0);
});

test("an edit that gives somebody who is back their old account again lets them come in", async (t) => {
  const bridge = await openTestBridge(t);
  const { id } = await hire(bridge, "ana@acme.example", { department: "Sales", externalId: "A1" });
  await runFull(bridge);
  await remove(bridge, id);
  await runFull(bridge);
  await hire(bridge, "ana@acme.example", { department: "Sales", externalId: "A2" });
  await runFull(bridge);
  const { moves } = await previewOf(bridge, { ...MAPPING, rehire: "link" });
  t.deepEqual([...moves.keys()], ["ana"]);
  t.like(moves.get("ana"), { account: "comes-in", held: [] });
});
