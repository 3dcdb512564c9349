import test from "ava";
import { nearest } from "../../src/lib/nearest.ts";

const keys = ["id", "name", "kind", "verifiedDomains"];

for (const [word, meant] of [
  ["verifedDomains", "verifiedDomains"],
  ["VERIFIEDDOMAINS", "verifiedDomains"],
  ["nmae", "name"],
  ["names", "name"],
  ["kid", "id"],
  ["ids", "id"],
] as const) {
  test(`${word} is taken for ${meant}`, (t) => {
    t.is(nearest(word, keys), meant);
  });
}

for (const word of ["password", "", "x", "domainNames"]) {
  test(`${JSON.stringify(word)} is taken for nothing`, (t) => {
    t.is(nearest(word, keys), null);
  });
}

test("a word of any length is compared in bounded time", (t) => {
  t.is(nearest("x".repeat(1_000_000), keys), null);
});
