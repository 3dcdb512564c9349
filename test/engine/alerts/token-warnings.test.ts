import { readFileSync } from "node:fs";
import test from "ava";
import { ACME, openTestBridge } from "../../support/bridge.ts";

const DAY = 24 * 60 * 60_000;

for (const { scope, directory } of [
  { scope: "scim", directory: ACME },
  { scope: "admin", directory: null },
] as const) {
  test(`a token of scope ${scope} is told 30, 7 and 1 days before it expires, once each, by health, log and alert`, async (t) => {
    const bridge = await openTestBridge(t);
    const { tokens, alerts, health } = bridge.services();
    const { record } = await tokens.create({ scope, directory, expiresInMs: 90 * DAY, author: "test" });
    const told: (readonly unknown[])[] = [];
    let read = bridge.log.length;
    for (let daysLeft = 89.5; daysLeft > -1; daysLeft -= 0.5) {
      bridge.clock.advance(DAY / 2);
      await alerts.review();
      for (const { level, event, fields } of bridge.log.slice(read)) {
        if (event === "alert.raised") told.push([level, fields["key"], daysLeft, fields["daysLeft"]]);
      }
      read = bridge.log.length;
      const { components } = await health.report();
      const detail = components.find(({ component }) => component === "tokens")?.detail ?? "";
      t.is(detail.startsWith(`Token ${record.id} `), daysLeft <= 30, `${daysLeft}: ${detail}`);
      t.is((await alerts.open()).length, daysLeft <= 30 ? 1 : 0);
    }
    const key = `token:${record.id}`;
    t.deepEqual(told, [
      ["warn", key, 30, 30],
      ["warn", key, 7, 7],
      ["warn", key, 1, 1],
      ["warn", key, 0, 0],
    ]);
  });
}

test("the pattern for secret scanners in the documentation finds tokens, and no part of one", async (t) => {
  const page = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const [, source = ""] = /For secret scanners: `([^`]+)`/.exec(page) ?? [];
  const pattern = new RegExp(source);
  const { token } = await (
    await openTestBridge(t)
  )
    .services()
    .tokens.create({ scope: "admin", directory: null, expiresInMs: null, author: "test" });
  for (const text of [token, `"${token}"`, `Authorization: Bearer ${token}\n`, `token=${token}&x=1`]) {
    t.is(pattern.exec(text)?.[0], token, text);
  }
  for (let length = 0; length < token.length; length += 1) t.notRegex(token.slice(0, length), pattern);
  for (const text of [`${token}0`, `${token}_`, `x${token}`, token.slice(1), token.toUpperCase()]) {
    t.notRegex(text, pattern, text);
  }
});
