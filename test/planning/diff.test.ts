import test from "ava";
import type { AccountProfile } from "../../src/domain/account.ts";
import { diffProfile, ownedPart } from "../../src/planning/diff.ts";

const rows: readonly (readonly [
  title: string,
  desired: string | undefined,
  observed: string | undefined,
  applied: string | undefined | null,
  moved: boolean | null,
])[] = [
  ["equal everywhere: nothing", "a", "a", "a", null],
  ["already as desired, though never written: nothing", "a", "a", null, null],
  ["already as desired, though something else was written: nothing", "a", "a", "b", null],
  ["the directory changed it: moved", "b", "a", "a", true],
  ["the product was edited: drift", "a", "b", "a", false],
  ["both changed: moved", "c", "b", "a", true],
  ["never written: moved", "a", "b", null, true],
  ["absent in the product, written before: drift", "a", undefined, "a", false],
  ["absent in the product, never written: moved", "a", undefined, undefined, true],
  ["not desired: not ours", undefined, "b", "a", null],
  ["letter case counts", "Ana", "ana", "Ana", false],
];

for (const [title, desired, observed, applied, moved] of rows) {
  test(`a field that is ${title}`, (t) => {
    const found = diffProfile(profile(desired), profile(observed), applied === null ? null : profile(applied));
    t.deepEqual(found, moved === null ? [] : [{ field: "displayName", moved }]);
  });
}

test("an e-mail that differs in letter case only is a difference", (t) => {
  const found = diffProfile(
    { email: "Ana@acme.example" },
    { email: "ana@acme.example" },
    { email: "ana@acme.example" },
  );
  t.deepEqual(found, [{ field: "email", moved: true }]);
});

test("the owned part has the fields that the mapping names and the product has", (t) => {
  const observed: AccountProfile = { email: "a@acme.example", displayName: "A", locale: "fr" };
  t.deepEqual(ownedPart(observed, { email: "b@acme.example", displayName: "B", timezone: "UTC" }), {
    email: "a@acme.example",
    displayName: "A",
  });
});

function profile(displayName: string | undefined): AccountProfile {
  return { email: "ana@acme.example", ...(displayName === undefined ? {} : { displayName }) };
}
