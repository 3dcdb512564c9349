import test from "ava";
import fc from "fast-check";
import { emailKey } from "../../src/domain/email-key.ts";
import type { DirectoryId } from "../../src/domain/directory.ts";
import { domainsOf, isOnDomain, sameEmail } from "../../src/planning/email.ts";
import { foldCase } from "../../src/scim/fold-case.ts";

const COMPOSED = "jos\u00e9@acme.example";
const DECOMPOSED = "jose\u0301@acme.example";

const rows: readonly {
  readonly title: string;
  readonly one: string;
  readonly other: string;
  readonly same: boolean;
}[] = [
  { title: "letter case", one: "Ana@Acme.example", other: "ana@acme.example", same: true },
  { title: "composed and decomposed letters", one: COMPOSED, other: DECOMPOSED, same: true },
  { title: "composed in capitals and decomposed", one: COMPOSED.toUpperCase(), other: DECOMPOSED, same: true },
  { title: "a sigma at the end of a word", one: "νικος@acme.example", other: "ΝΙΚΟΣ@acme.example", same: true },
  { title: "spaces around it", one: " ana@acme.example\u00a0", other: "ana@acme.example", same: true },
  { title: "a dot at the end of the domain", one: "ana@acme.example.", other: "ana@acme.example", same: true },
  { title: "a Cyrillic letter that looks the same", one: "аna@acme.example", other: "ana@acme.example", same: false },
  { title: "a letter of full width", one: "ａna@acme.example", other: "ana@acme.example", same: false },
  { title: "a Turkish dotless i", one: "ılker@acme.example", other: "ilker@acme.example", same: false },
  { title: "an accent", one: COMPOSED, other: "jose@acme.example", same: false },
  { title: "a tag after a plus", one: "ana+work@acme.example", other: "ana@acme.example", same: false },
  { title: "dots in the name", one: "an.a@acme.example", other: "ana@acme.example", same: false },
  { title: "a dot at the end of the name", one: "ana.@acme.example", other: "ana@acme.example", same: false },
  { title: "another domain", one: "ana@acme.example", other: "ana@acme.test", same: false },
  { title: "nothing", one: "", other: "", same: false },
  { title: "nothing but spaces and dots", one: " .", other: "", same: false },
];

for (const { title, one, other, same } of rows) {
  test(`${title}: ${same ? "one mailbox" : "two mailboxes"}`, (t) => {
    t.is(sameEmail(one, other), same);
    t.is(sameEmail(other, one), same);
  });
}

test("e-mails are compared in the form in which the store searches them", (t) => {
  const address = fc
    .tuple(fc.string({ unit: "binary", minLength: 1 }), fc.domain())
    .map(([name, domain]) => `${name}@${domain}`)
    .filter((email) => email === email.trim());
  fc.assert(fc.property(address, (email) => t.is(emailKey(email), foldCase(email))));
});

test("the form of a form is the form", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      for (const email of [text, `${text}@acme.example`]) t.is(emailKey(emailKey(email)), emailKey(email));
    }),
  );
});

test("an address is on a domain without case, and on any where the directory says so", (t) => {
  t.true(isOnDomain("ana@ACME.example", ["acme.example"]));
  t.true(isOnDomain("ana@acme.example.", ["acme.example"]));
  t.false(isOnDomain("ana@evil.example", ["acme.example"]));
  t.false(isOnDomain("ana@sub.acme.example", ["acme.example"]));
  t.true(isOnDomain("ana@evil.example", ["*"]));
  t.deepEqual(domainsOf("nowhere" as DirectoryId, new Map()), []);
});
