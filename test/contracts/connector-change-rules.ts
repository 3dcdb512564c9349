import { ConnectorError } from "../../src/domain/errors.ts";
import type { AccountId } from "../../src/domain/account.ts";
import type { Change, ChangeKind } from "../../src/domain/plan.ts";
import { CAUSE, CHANGE_CASES } from "./connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import { accountOf, everything, nobody, writesOf, type Contract, type Held } from "./connector-state.ts";

/** Every change that the product can carry out: its effect, its repetition, and its repetition after a lost reply. */
export function changeContract(contract: Contract, held: Held): void {
  const { changes, seats } = held;
  // Implied seats are given by nobody: see seatContract.
  const isOurs = (kind: ChangeKind): boolean =>
    changes.has(kind) && (seats === "assigned" || (kind !== "assign-seat" && kind !== "release-seat"));
  for (const one of CHANGE_CASES.filter(({ kind }) => isOurs(kind))) oneChange(contract, held, one);
  referenceContract(contract, held);

  if (!changes.has("update-account")) return;
  contract("an update sends nothing that did not change", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana", givenName: "Ana" });
    const profile = (await accountOf(harness, account))?.profile ?? { email: "" };
    const change = { kind: "update-account", ...CAUSE, account, before: profile, after: profile } as const;
    const before = await harness.writes();
    t.is((await harness.connector.apply(change, anApplyContext())).effect, "already-so");
    if ((await harness.writes()) > before) t.deepEqual((await accountOf(harness, account))?.profile, profile);
  });
}

function oneChange(contract: Contract, held: Held, { kind, title, arrange }: (typeof CHANGE_CASES)[number]): void {
  contract(`${title}, and doing it again changes nothing`, async (t, harness) => {
    const { change, holds } = await arrange(harness);
    const calls = await harness.writes();
    const first = await harness.connector.apply(change, anApplyContext());
    t.is(first.effect, kind === "adopt-account" ? "already-so" : "changed");
    t.true(await holds(first));
    t.is((await harness.writes()) - calls, writesOf(harness, held, kind));
    const after = await everything(harness);
    const again = await harness.connector.apply(change, anApplyContext({ mayHaveHappened: true }));
    t.deepEqual({ ...first, effect: "already-so" }, again);
    t.deepEqual(await everything(harness), after);
  });

  // An adoption sends nothing, so that no reply can be lost.
  if (kind === "adopt-account") return;
  contract(`${title}, though its reply is lost, once`, async (t, harness) => {
    const { change, holds } = await arrange(harness);
    await harness.fail("lost-reply");
    await t.throwsAsync(harness.connector.apply(change, anApplyContext()), { code: "connector.unavailable" });
    await harness.heal();
    const after = await everything(harness);
    const retried = await harness.connector.apply(change, anApplyContext({ mayHaveHappened: true }));
    t.true(await holds(retried));
    // Where a change takes several writes, the reply of the first was lost, and the others follow now.
    if (writesOf(harness, held, kind) > 1) return;
    t.is(retried.effect, "already-so");
    t.deepEqual(await everything(harness), after);
  });
}

function referenceContract(contract: Contract, { changes, deactivated }: Held): void {
  if (changes.has("deactivate-account") && deactivated === "shown") {
    contract("a change to an account that is not there is told as missing", async (t, harness) => {
      const change = { kind: "deactivate-account", ...CAUSE, account: nobody(harness) } as const;
      await t.throwsAsync(harness.connector.apply(change, anApplyContext()), {
        instanceOf: ConnectorError,
        code: "connector.missing",
      });
    });
  }
  if (changes.has("deactivate-account") && deactivated === "gone") {
    contract(
      "where nothing is left of an account that is shut, one that is not there is shut already",
      async (t, harness) => {
        const change = { kind: "deactivate-account", ...CAUSE, account: nobody(harness) } as const;
        t.deepEqual(await harness.connector.apply(change, anApplyContext()), { effect: "already-so" });
      },
    );
  }
  if (!changes.has("add-to-group")) return;
  contract("what a reference cannot resolve is passed on", async (t, { connector }) => {
    const account = { by: "user", user: aDesiredAccount().user } as const;
    const change = { kind: "add-to-group", ...CAUSE, account, group: { by: "name", name: "Sales" } } as const;
    await t.throwsAsync(connector.apply(change, anApplyContext()), { code: "connector.missing" });
  });
}

/** Some change that ends with a write to this account. */
export function someWrite({ changes }: Held, account: AccountId): Change {
  if (changes.has("deactivate-account")) return { kind: "deactivate-account", ...CAUSE, account };
  if (changes.has("delete-account")) return { kind: "delete-account", ...CAUSE, account };
  return { kind: "create-account", ...CAUSE, desired: aDesiredAccount() };
}
