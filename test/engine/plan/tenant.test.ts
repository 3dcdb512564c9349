import test from "ava";
import { TenantChangedError } from "../../../src/domain/errors.ts";
import { expectTenant } from "../../../src/engine/plan/tenant.ts";

const rows: readonly {
  readonly title: string;
  readonly seen: string | null;
  readonly known: string | null;
  readonly accepted?: string;
  /** What is remembered, or what the refusal says. */
  readonly then: string | null | RegExp;
}[] = [
  { title: "the first time it is believed", seen: "org_1", known: null, then: "org_1" },
  { title: "the same again", seen: "org_1", known: "org_1", then: "org_1" },
  { title: "a product that never says", seen: null, known: null, then: null },
  { title: "a product that does not say any more forgets nothing", seen: null, known: "org_1", then: "org_1" },
  { title: "another one", seen: "org_2", known: "org_1", then: /org_2, where org_1 is known/ },
  { title: "letter case makes another one", seen: "ORG_1", known: "org_1", then: /ORG_1, where org_1 is known/ },
  { title: "another one that is accepted", seen: "org_2", known: "org_1", accepted: "org_2", then: "org_2" },
  { title: "the same one, accepted", seen: "org_1", known: "org_1", accepted: "org_1", then: "org_1" },
  { title: "the first one, accepted", seen: "org_1", known: null, accepted: "org_1", then: "org_1" },
  { title: "a third one", seen: "org_2", known: "org_1", accepted: "org_3", then: /is organisation org_2, not org_3/ },
  {
    title: "accepted though nothing is said",
    seen: null,
    known: "org_1",
    accepted: "org_2",
    then: /does not say which/,
  },
  {
    title: "an id that a shell would read otherwise is quoted",
    seen: "a; rm 'x'",
    known: "org_1",
    then: /--accept-tenant 'a; rm '\\''x'\\'''\. If it is another one,/,
  },
];

for (const { title, seen, known, accepted = null, then } of rows) {
  test(`an organisation: ${title}`, (t) => {
    const check = (): string | null => expectTenant({ product: "sandbox", seen, known, accepted });
    if (then instanceof RegExp) t.throws(check, { instanceOf: TenantChangedError, message: then });
    else t.is(check(), then);
  });
}
