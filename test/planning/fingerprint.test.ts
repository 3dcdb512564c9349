import test from "ava";
import type { PlanDigest } from "../../src/domain/plan.ts";
import { createDigestSum, fingerprint } from "../../src/planning/fingerprint.ts";
import { aPersonPlan, asAccount, asUser } from "../support/plan-builders.ts";

// Plans, approvals and handovers outlive an upgrade: what was stored is to be found again.
test("a fingerprint and a digest are the same in every version", (t) => {
  t.is(fingerprint({ name: "Ana", groups: ["Sales", null], because: "left out", none: undefined }), "cce77c45a993ad48");
  const sum = createDigestSum();
  const shut = { kind: "deactivate-account", cause: "leaver", because: [], account: asAccount("m-ana") } as const;
  for (const name of ["ana", "bo"]) sum.add(aPersonPlan({ user: asUser(name), changes: [shut] }));
  t.is(sum.digest(), "a2a261a940b4" as PlanDigest);
});

test("a digest that begins with zeros is as long as any other", (t) => {
  t.is(createDigestSum().digest(), "000000000000" as PlanDigest);
});
