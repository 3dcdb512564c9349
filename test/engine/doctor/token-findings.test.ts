import test from "ava";
import { tokenFindings } from "../../../src/engine/doctor/token-findings.ts";
import type { Instant } from "../../../src/domain/brand.ts";
import type { DirectoryId } from "../../../src/domain/directory.ts";
import { addMs } from "../../../src/domain/instant.ts";
import type { TokenFacts } from "../../../src/engine/alerts/token-conditions.ts";

const NOW = "2026-11-22T12:00:00.000Z" as Instant;
const ACME = "acme" as DirectoryId;
const DAY_MS = 86_400_000;

function aToken(days: number | null, parts: Partial<TokenFacts> = {}): TokenFacts {
  const expiresAt = days === null ? null : addMs(NOW, days * DAY_MS);
  const dates = { createdAt: NOW, expiresAt, revokedAt: null, lastUsedAt: null, replacedBy: null };
  return { id: "0123456789", scope: "scim", directory: ACME, ...dates, ...parts };
}

const cases: readonly (readonly [title: string, tokens: readonly TokenFacts[], verdict: string, detail: RegExp])[] = [
  ["none", [], "warning", /^There is none/],
  ["those of others", [aToken(null, { directory: "globex" as DirectoryId })], "warning", /^There is none/],
  ["a revoked one", [aToken(null, { revokedAt: NOW })], "warning", /^There is none/],
  ["an expired one", [aToken(-1)], "warning", /^All have expired/],
  ["one that expires today", [aToken(0.5)], "warning", /expires within a day\.$/],
  ["one that expires in a week", [aToken(7)], "warning", /expires in 7 days\.$/],
  ["one that expires soon beside one that does not", [aToken(1), aToken(90)], "good", /not used yet\.$/],
  ["one for ever that is used", [aToken(null, { lastUsedAt: NOW })], "good", /has been used\.$/],
];

for (const [title, tokens, verdict, detail] of cases) {
  test(`tokens of a directory: ${title}`, (t) => {
    const [finding, ...others] = tokenFindings([ACME], tokens, NOW);
    t.deepEqual(others, []);
    t.like(finding, { subject: "token of acme", verdict });
    t.regex(finding?.detail ?? "", detail);
    t.is(finding?.remedy === undefined, verdict === "good");
    if (verdict !== "good") t.regex(finding?.remedy ?? "", /rosterbridge token create --directory acme$/);
  });
}
