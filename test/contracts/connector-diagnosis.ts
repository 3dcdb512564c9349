import type { Finding } from "../../src/ports/connector.ts";
import type { ConnectorHarness, HarnessFault } from "./connector-harness.ts";
import { SIGNAL, type Contract } from "./connector-state.ts";

/** What `doctor` gets to hear. */
export function diagnoseContract(contract: Contract): void {
  contract("a product in order is found so, and nothing is written", async (t, harness) => {
    await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    const before = await harness.writes();
    const findings = await diagnose(harness);
    t.true(findings.some(({ subject, verdict }) => subject === "credentials" && verdict === "good"));
    t.deepEqual(
      findings.filter(({ verdict }) => verdict === "bad"),
      [],
    );
    for (const finding of findings) t.deepEqual(faultsOf(finding), []);
    t.is(await harness.writes(), before);
  });

  for (const fault of ["auth", "rate-limited", "unavailable", "not-json"] satisfies readonly HarnessFault[]) {
    contract(`${fault}: that is a finding with a remedy, and no error`, async (t, harness) => {
      await harness.fail(fault);
      const findings = await diagnose(harness);
      const notGood = findings.filter(({ verdict }) => verdict !== "good");
      t.true(notGood.length > 0);
      if (fault === "auth")
        t.true(notGood.some(({ subject, verdict }) => subject === "credentials" && verdict === "bad"));
      for (const finding of findings) t.deepEqual(faultsOf(finding), []);
    });
  }
}

function diagnose({ connector }: ConnectorHarness): Promise<readonly Finding[]> {
  return Array.fromAsync(connector.diagnose(SIGNAL));
}

/** What is wrong with the form of a finding. */
function faultsOf({ subject, verdict, detail, remedy }: Finding): readonly string[] {
  const isSentence = (text: string): boolean => /^\S.*[^.]\.$/s.test(text);
  return [
    ...(/^[a-z][a-z -]{1,40}$/.test(subject) ? [] : [`the subject is not a few words: ${subject}`]),
    ...(isSentence(detail) ? [] : [`the detail is no sentence: ${detail}`]),
    ...(remedy === undefined || isSentence(remedy) ? [] : [`the remedy is no sentence: ${remedy}`]),
    ...(verdict === "bad" && remedy === undefined ? [`nothing is said to do about: ${detail}`] : []),
    ...(/Bearer|secret/.test(`${detail} ${remedy ?? ""}`) ? [`a credential may be shown: ${detail}`] : []),
  ];
}
