import test from "ava";
import { InvalidCursorError, InvalidFilterError } from "../../../src/domain/errors.ts";
import type { RunEntry } from "../../../src/engine/runs/run-history.ts";
import { hire, openTestBridge, runFull, runUrgent } from "../../support/bridge.ts";

test("runs are listed newest first, page by page, and by what they were", async (t) => {
  const bridge = await openTestBridge(t);
  await runFull(bridge, { trigger: "start" });
  await hire(bridge, "ana@acme.example");
  await runUrgent(bridge);
  const last = await runFull(bridge, { trigger: "cli" });
  const { runs } = bridge.services();
  const triggers = async (filter: string | null): Promise<string> =>
    (await runs.page({ filter, after: null, limit: 10 })).items.map(({ trigger }) => trigger).join(" ");
  t.is(await triggers(null), "cli push start");
  const cases: Readonly<Record<string, string>> = {
    'lane eq "URGENT"': "push",
    'trigger ne "push" and outcome eq "done"': "cli start",
    [`digest sw "${last.digest.slice(0, 6)}" and id eq "${last.id}"`]: "cli",
    'startedAt gt "2026-11-23T09:00:00Z" and finishedAt pr': "cli push start",
    'finishedAt lt "2026-11-23T09:00:00Z"': "",
    "outcome eq null": "",
  };
  for (const [filter, expected] of Object.entries(cases)) t.is(await triggers(filter), expected, filter);

  const first = await runs.page({ filter: null, after: null, limit: 2 });
  await runFull(bridge);
  const second = await runs.page({ filter: null, after: first.next, limit: 2 });
  t.deepEqual(
    [...first.items, ...second.items].map(({ trigger }) => trigger),
    ["cli", "push", "start"],
  );
  t.is(second.next, null);
});

test("a filter on what runs do not have names what they have", async (t) => {
  const { runs } = (await openTestBridge(t)).services();
  const page = (filter: string, after: string | null = null) => runs.page({ filter, after, limit: 10 });
  for (const filter of ['userName eq "x"', "externalId pr", "meta.created pr", 'id.value eq "x"', 'id[value eq "x"]']) {
    await t.throwsAsync(
      page(filter),
      {
        instanceOf: InvalidFilterError,
        message:
          "The filter names what runs do not have: they are filtered by id, lane, trigger, outcome, startedAt, finishedAt, digest.",
      },
      filter,
    );
  }
  await t.throwsAsync(page('startedAt gt "yesterday"'), { instanceOf: InvalidFilterError, message: /date-time/ });
  await t.throwsAsync(page("lane"), { instanceOf: InvalidFilterError });
  for (const after of ["", "0", "-1", "1.5", "01", "x"]) {
    await t.throwsAsync(page("lane pr", after), { instanceOf: InvalidCursorError }, after);
  }
});

test("the changes of one run are listed oldest first, page by page, with whom they are for", async (t) => {
  const bridge = await openTestBridge(t);
  for (const name of ["ana", "bo"]) await hire(bridge, `${name}@acme.example`, { department: "Sales" });
  const { id } = await runFull(bridge);
  const { runs } = bridge.services();
  const [all] = await Array.fromAsync(runs.entries(id, new AbortController().signal));
  t.deepEqual(
    all?.map(({ change, person }) => [change.kind, person?.split("@")[0] ?? null]),
    [
      ["create-group", null],
      ["create-account", "ana"],
      ["assign-seat", "ana"],
      ["add-to-group", "ana"],
      ["create-account", "bo"],
      ["assign-seat", "bo"],
      ["add-to-group", "bo"],
    ].toSorted((a, b) => indexIn(all, a) - indexIn(all, b)),
  );
  const seen: RunEntry[] = [];
  for (let after: string | null = null; ;) {
    const page: Awaited<ReturnType<typeof runs.entriesPage>> = await runs.entriesPage(id, { after, limit: 3 });
    seen.push(...page.items);
    after = page.next;
    if (after === null) break;
  }
  t.deepEqual(seen, [...(all ?? [])]);
  t.deepEqual(await runs.entriesPage("unknown", { after: null, limit: 3 }), { items: [], next: null });
});

/** People are worked on side by side. */
function indexIn(entries: readonly RunEntry[] = [], [kind, name]: readonly (string | null)[]): number {
  return entries.findIndex(({ change, person }) => change.kind === kind && (person?.split("@")[0] ?? null) === name);
}
