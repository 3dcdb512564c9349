import { ConnectorError } from "../../src/domain/errors.ts";
import type { ConnectorFault } from "../../src/domain/errors.ts";
import { someWrite } from "./connector-change-rules.ts";
import { anApplyContext } from "./connector-harness.ts";
import type { ConnectorHarness, HarnessFault } from "./connector-harness.ts";
import { bookingsOf, everything, observeAll, SIGNAL, type Contract, type Held } from "./connector-state.ts";

/** What every call does while the product fails, and when it is stopped. */
export function failureContract(contract: Contract, held: Held): void {
  const faults: readonly (readonly [HarnessFault, ConnectorFault])[] = [
    ["auth", "auth"],
    ["rate-limited", "rate-limited"],
    ["unavailable", "unavailable"],
    ["not-json", "unavailable"],
  ];
  for (const [fault, reason] of faults) {
    contract(`${fault}: every call fails as ${reason}, none answers with nothing`, async (t, harness) => {
      const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
      const before = await everything(harness);
      await harness.fail(fault);
      const calls = [
        () => harness.connector.find({ account, email: "ana@acme.example" }, SIGNAL),
        ...(held.bookings === "bridge" ? [() => bookingsOf(harness, account)] : []),
        () => harness.connector.apply(someWrite(held, account), anApplyContext()),
      ];
      const pauseMs = harness.pauseMs ?? 120_000;
      for (const call of calls) {
        const error = await t.throwsAsync(call(), { instanceOf: ConnectorError });
        t.is(error.reason, reason);
        t.is(error.retryAfterMs, fault === "rate-limited" ? pauseMs : undefined);
        t.notRegex(error.message, /@|Bearer/);
      }
      t.true([reason, "page-failed"].includes(await observing(harness)));
      await harness.heal();
      t.deepEqual(await everything(harness), before);
    });
  }

  contract("an aborted signal stops every call before it reaches the product", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    const signal = AbortSignal.abort();
    const before = await harness.writes();
    const stopped = { instanceOf: ConnectorError, code: "connector.unavailable" };
    const change = someWrite(held, account);
    t.true(["unavailable", "stopped"].includes(await observing(harness, signal)));
    await t.throwsAsync(harness.connector.find({ email: "ana@acme.example" }, signal), stopped);
    await t.throwsAsync(harness.connector.apply(change, anApplyContext({ signal })), stopped);
    t.is(await harness.writes(), before);
  });
}

/**
 * How an observation fails: by an error at once, or, where the list of accounts is the first thing that is asked for, by
 * being incomplete.
 */
async function observing(harness: ConnectorHarness, signal: AbortSignal = SIGNAL): Promise<string> {
  try {
    const { completeness } = await observeAll(harness, signal);
    return completeness.complete ? "complete" : completeness.reason;
  } catch (error) {
    if (error instanceof ConnectorError) return error.reason;
    throw error;
  }
}
