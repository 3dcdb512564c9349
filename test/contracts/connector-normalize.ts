import fc from "fast-check";
import type { AccountProfile, Seat } from "../../src/domain/account.ts";
import { CAUSE } from "./connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import { accountOf, SIGNAL, type Contract, type Held } from "./connector-state.ts";

/** That a product's habits never show as drift. */
export function normalizeContract(contract: Contract, { changes }: Held): void {
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(" Ana ", "ÅSA", "", "Europe/Berlin", "Mars/Base", "+01:00", "pt-BR"),
  );
  const profiles = fc
    .record(
      { email: text, displayName: text, givenName: text, familyName: text, timezone: text, locale: text },
      { requiredKeys: ["email"] },
    )
    .map((profile): AccountProfile => profile);
  const seats = fc.constantFrom<Seat | null>(null, "standard" as Seat);

  contract("normalizing twice is normalizing once", (t, { connector }) => {
    fc.assert(
      fc.property(profiles, seats, fc.boolean(), (profile, seat, isActive) => {
        const status = isActive
          ? ({ status: "active" } as const)
          : ({ status: "deactivated", leaver: "inactive" } as const);
        const once = connector.normalize(aDesiredAccount({ profile, seat, ...status }));
        t.deepEqual(connector.normalize(once), once);
      }),
      { numRuns: 200 },
    );
    return Promise.resolve();
  });

  if (!changes.has("create-account")) return;
  contract("a created account shows its normalized profile, in all that can be written", async (t, harness) => {
    const { connector } = harness;
    const profile = { email: " Ana@ACME.example ", displayName: " Ana Lima ", timezone: "Mars/Base", locale: "pt-BR" };
    const desired = connector.normalize(aDesiredAccount({ profile }));
    const { account } = await connector.apply({ kind: "create-account", ...CAUSE, desired }, anApplyContext());
    const [found] = await connector.find({ email: desired.profile.email }, SIGNAL);
    const writable = Object.keys(desired.profile).filter(
      (field) => field === "email" || connector.capabilities.updates.has(field as keyof AccountProfile),
    );
    const shown = (of: AccountProfile | undefined) =>
      Object.fromEntries(writable.map((field) => [field, of?.[field as keyof AccountProfile]]));
    t.deepEqual(shown((await accountOf(harness, account))?.profile), shown(desired.profile));
    t.deepEqual(shown(found?.profile), shown(desired.profile));
  });
}
