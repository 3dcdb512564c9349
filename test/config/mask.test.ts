import test from "ava";
import { maskSettings } from "../../src/config/mask.ts";

test("what came from a reference is masked at its path and nowhere else", (t) => {
  const settings = { product: { account: "x", names: ["x", "x"] }, account: "x" };
  t.deepEqual(maskSettings(settings, new Set(["product.account", "product.names[1]"])), {
    product: { account: "***", names: ["x", "***"] },
    account: "x",
  });
});

for (const key of [
  "token",
  "apiToken",
  "password",
  "secret",
  "clientSecret",
  "apiKey",
  "api_key",
  "private_key",
  "Authorization",
  "webhook",
]) {
  test(`the value of ${key} is masked wherever it comes from, whatever it is`, (t) => {
    t.deepEqual(maskSettings({ a: { [key]: "x" }, [key]: { nested: "x" } }, new Set()), {
      a: { [key]: "***" },
      [key]: "***",
    });
  });
}

for (const key of ["tokens_per_minute", "key", "keyboard", "secretary"]) {
  test(`the value of ${key} is shown`, (t) => {
    t.deepEqual(maskSettings({ [key]: "x" }, new Set()), { [key]: "x" });
  });
}

for (const [address, shown] of [
  ["https://ana:s3cret@acme.example/path", "https://***@acme.example/path"],
  ["postgres://ana:p@ss@db.acme.example:5432/x", "postgres://***@db.acme.example:5432/x"],
  ["https://acme.example/@ana", "https://acme.example/@ana"],
  ["ana@acme.example", "ana@acme.example"],
] as const) {
  test(`${address} is shown as ${shown}`, (t) => {
    t.deepEqual(maskSettings({ address }, new Set()), { address: shown });
  });
}

test("numbers, booleans and null stay, what is undefined is left out", (t) => {
  t.deepEqual(maskSettings({ a: 0, b: false, c: null, d: undefined, token: null }, new Set()), {
    a: 0,
    b: false,
    c: null,
    token: null,
  });
});
