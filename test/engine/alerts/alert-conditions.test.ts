import test from "ava";
import type { Seat } from "../../../src/domain/account.ts";
import type { Condition } from "../../../src/domain/alert.ts";
import type { Instant } from "../../../src/domain/brand.ts";
import type { DirectoryId } from "../../../src/domain/directory.ts";
import { addMs } from "../../../src/domain/instant.ts";
import type { Hold } from "../../../src/domain/plan.ts";
import { conditionsOf } from "../../../src/engine/alerts/alert-conditions.ts";
import type { AlertFacts } from "../../../src/engine/alerts/alert-facts.ts";
import type { TokenFacts } from "../../../src/engine/alerts/token-conditions.ts";

const NOW = "2026-11-23T09:00:00.000Z" as Instant;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ago = (ms: number): Instant => addMs(NOW, -ms);
const OKTA = "acme-okta" as DirectoryId;
const ENTRA = "acme-entra" as DirectoryId;

/** Nothing is the matter. */
const WELL: AlertFacts = {
  now: NOW,
  held: new Map(),
  leavers: { people: 0, by: new Map(), held: new Map() },
  overLimit: [],
  waiting: new Map(),
  failures: [],
  productFault: null,
  failedRuns: null,
  oldestLeaver: null,
  directories: [OKTA, ENTRA],
  silences: [DAY],
  tokens: [],
};

const look = (facts: Partial<AlertFacts>): readonly Condition[] => conditionsOf({ ...WELL, ...facts });
const held = (counts: Partial<Record<Hold, number>>): AlertFacts["held"] =>
  new Map(Object.entries(counts) as [Hold, number][]);
const overLimit = (digest: string, email = "ana@acme.example"): string =>
  `490 deactivations: 500 in 24 h, limit 50 (limits.deactivate). To let the whole plan through: rosterbridge approve ${digest} --reason "…"; this person alone: rosterbridge release ${email} --reason "…".`;

test("a bridge that is well has no conditions", (t) => {
  t.deepEqual(look({}), []);
});

for (const [title, facts] of [
  ["what the mode forbids", { held: held({ mode: 500 }) }],
  ["a grace that is not over, and its echoes", { held: held({ delayed: 5, "waits-for-held": 5 }) }],
  ["a protected account that nobody wants to shut", { held: held({ "protected-account": 1 }) }],
  ["a joiner's change that the product cannot do", { held: held({ unsupported: 3 }) }],
  ["somebody who failed twice", { failures: [{ attempts: 2, code: "connector.rejected" }] }],
  ["a product that has been down for a moment", { productFault: { message: "down", since: ago(14 * MINUTE) } }],
  [
    "runs that have failed for a moment",
    { failedRuns: { since: ago(14 * MINUTE), because: "product", message: "sandbox answered 403" } },
  ],
  ["a leaver who has just been pushed", { oldestLeaver: ago(14 * MINUTE) }],
  ["a directory that was never in contact", { tokens: [aToken({ createdAt: ago(90 * DAY) })] }],
  ["a directory that was in contact a day ago", { tokens: [aToken({ lastUsedAt: ago(DAY) })] }],
  ["silence where nobody asks for it", { silences: [], tokens: [aToken({ lastUsedAt: ago(9 * DAY) })] }],
] as const satisfies readonly (readonly [string, Partial<AlertFacts>])[]) {
  test(`no condition: ${title}`, (t) => {
    t.deepEqual(look(facts), []);
  });
}

test("what is held over a limit is told with its numbers, its setting and the command that lets it pass", (t) => {
  const [condition, ...others] = look({
    held: held({ "over-limit": 490, "waits-for-held": 490 }),
    leavers: { people: 490, by: held({ "over-limit": 490 }), held: held({ "over-limit": 490, "waits-for-held": 490 }) },
    overLimit: [overLimit("7f3a9c1e2b44"), overLimit("7f3a9c1e2b44", "bo@acme.example")],
  });
  t.deepEqual(others, []);
  t.like(condition, {
    key: "held:leavers",
    topic: "held",
    severity: "critical",
    size: 490,
    title: "490 leavers are not shut out",
  });
  t.like(condition?.counts, { people: 490, overLimit: 490, leavers: 490 });
  t.is(
    condition?.text,
    '490 people: 490 deactivations: 500 in 24 h, limit 50 (limits.deactivate). Look at them with `rosterbridge plan`; if they are meant: `rosterbridge approve 7f3a9c1e2b44 --reason "…"`. `rosterbridge status` lists them.',
  );
});

test("changes that were held by several plans have no digest in common: the command says where it is", (t) => {
  const [condition] = look({
    held: held({ "over-limit": 2 }),
    overLimit: [overLimit("7f3a9c1e2b44"), overLimit("000000000001")],
  });
  t.regex(condition?.text ?? "", /rosterbridge approve <digest in its first line> --reason/);
  t.is(condition?.severity, "warning", "no leaver among them");
});

test("a sentence that is not known is not repeated: it may name somebody", (t) => {
  const [condition] = look({
    held: held({ "over-limit": 1 }),
    overLimit: ["ana@acme.example is taken out of scope by Dana (limits.deactivate)."],
  });
  t.is(condition?.title, "Changes for 1 person are held");
  t.notRegex(condition?.text ?? "", /ana@|Dana/);
  t.regex(condition?.text ?? "", /^1 person: over a limit\. /);
});

test("each reason that needs people is told with how many it concerns", (t) => {
  const [condition, ...others] = look({ held: held({ "identity-conflict": 1, contested: 2, "protected-account": 9 }) });
  t.deepEqual(others, []);
  t.like(condition, { key: "held", severity: "warning", size: 3 });
  t.deepEqual(condition?.counts, { people: 3, overLimit: 0, identityConflict: 1, contested: 2 });
  for (const words of ["1 person: match", "2 people: are changed back"]) t.true(condition?.text.includes(words), words);
});

test("leavers who keep their access have a condition of their own, and do not count in the other", (t) => {
  const [leavers, other, ...more] = look({
    held: held({ "over-limit": 12, "identity-conflict": 1, "protected-account": 9, unsupported: 9, contested: 1 }),
    leavers: {
      people: 14,
      by: held({ "over-limit": 5, "protected-account": 3, unsupported: 4, contested: 1, "waits-for-held": 1 }),
      held: held({ "over-limit": 6, "protected-account": 3, unsupported: 4, contested: 1, "waits-for-held": 7 }),
    },
  });
  t.deepEqual(more, []);
  t.like(leavers, { key: "held:leavers", topic: "held", severity: "critical", size: 14 });
  t.like(leavers?.counts, { people: 14, overLimit: 5, protected: 3, unsupported: 4, contested: 1, waitsForHeld: 1 });
  t.true(
    leavers?.text.includes("3 people: a protected account: shut it in the product by hand, or change `protected`."),
  );
  t.like(other, { key: "held", severity: "warning", size: 7 });
  t.like(other?.counts, { overLimit: 6, identityConflict: 1, contested: 0 });
});

test("leavers who keep their access because of a restore are told of, with the command that ends it", (t) => {
  const restored = held({ restored: 3 });
  const [condition, ...others] = look({ held: restored, leavers: { people: 3, by: restored, held: restored } });
  t.deepEqual(others, []);
  t.like(condition, { key: "held:leavers", severity: "critical", size: 3 });
  t.regex(condition?.text ?? "", /^3 people: the database was restored: .*`rosterbridge resume`\. /);
});

test("a listing that stays incomplete is a condition of its own, and is waited for", (t) => {
  const [condition, ...others] = look({ held: held({ "observation-incomplete": 12 }) });
  t.deepEqual(others, []);
  t.like(condition, { key: "held:observation-incomplete", topic: "held", severity: "critical", size: 12 });
  t.true((condition?.lastsMs ?? 0) > 15 * MINUTE, "longer than from one full run to the next");
});

test("people who failed three times are counted by what the product said", (t) => {
  const rejected = { attempts: 3, code: "connector.rejected" };
  const [condition] = look({ failures: [{ attempts: 9, code: "connector.conflict" }, rejected, rejected] });
  t.like(condition, { key: "failing:people", topic: "failing", size: 2 + 1, counts: { people: 3 } });
  t.regex(condition?.text ?? "", /\(connector\.rejected × 2, connector\.conflict × 1\)/);
});

const DOWN = "sandbox did not answer GET /v1/members: ECONNREFUSED";

test("a product that has been down for 15 minutes is told once, and its runs are not told beside it", (t) => {
  const productFault = { message: DOWN, since: ago(15 * MINUTE) };
  const failedRuns = { since: ago(10 * MINUTE), because: "product", message: "an older word" } as const;
  const conditions = look({ productFault, failedRuns });
  t.deepEqual(
    conditions.map(({ key }) => key),
    ["failing:product"],
  );
  t.regex(conditions[0]?.text ?? "", /since 2026-11-23T08:45:00\.000Z: sandbox did not answer/);
});

test("a product that answers reads and refuses writes is told by its runs, however it answered last", (t) => {
  const failedRuns = {
    since: ago(HOUR),
    because: "product",
    message: "sandbox answered 403 to POST /v1/members",
  } as const;
  for (const productFault of [null, { message: "sandbox answered 403 to POST /v1/members", since: ago(MINUTE) }]) {
    const [condition, ...others] = look({ productFault, failedRuns });
    t.deepEqual(others, []);
    t.is(condition?.key, "failing:product");
    t.regex(condition?.text ?? "", /since 2026-11-23T08:00:00\.000Z: sandbox answered 403/);
  }
});

test("runs that fail for another reason are told after 15 minutes", (t) => {
  const failedRuns = { since: ago(15 * MINUTE), because: "other", message: "ana@acme.example" } as const;
  const [condition] = look({ failedRuns });
  t.like(condition, { key: "failing:runs", severity: "critical" });
  t.notRegex(condition?.text ?? "", /ana@/);
});

test("a product that is another organisation is told at once, with what to do", (t) => {
  const message = "The product (sandbox) is another organisation than before: o2, where o1 is known.";
  const [condition, ...others] = look({ failedRuns: { since: NOW, because: "tenant", message } });
  t.deepEqual(others, []);
  t.like(condition, { key: "failing:tenant", severity: "critical", lastsMs: 0, text: message });
});

test("a leaver who has waited for 15 minutes is told", (t) => {
  t.like(look({ oldestLeaver: ago(15 * MINUTE) })[0], { key: "failing:leaver-waiting", severity: "critical" });
});

test("each seat pool that people wait for is a condition", (t) => {
  const conditions = look({
    waiting: new Map([
      ["standard" as Seat, 3],
      ["pro\u202e" as Seat, 1],
    ]),
  });
  t.deepEqual(
    conditions.map(({ key, title, size }) => [key, title, size]),
    [
      ["over-capacity:standard", "3 people wait for a standard seat", 3],
      ["over-capacity:pro\ufffd", "1 person waits for a pro\ufffd seat", 1],
    ],
  );
});

/** A token of the first directory that does not expire and was never used. */
function aToken(parts: Partial<TokenFacts> = {}): TokenFacts {
  return {
    id: "0123456789",
    scope: "scim",
    directory: OKTA,
    createdAt: ago(89 * DAY),
    expiresAt: null,
    revokedAt: null,
    lastUsedAt: null,
    replacedBy: null,
    ...parts,
  };
}

test("a directory is silent when none of its tokens was used for so long, each time asked for by itself", (t) => {
  const tokens = [
    aToken({ id: "a", lastUsedAt: ago(50 * HOUR), revokedAt: ago(HOUR) }),
    aToken({ id: "b", lastUsedAt: ago(25 * HOUR + MINUTE) }),
    aToken({ id: "c", directory: ENTRA, lastUsedAt: ago(HOUR) }),
    aToken({ id: "d", scope: "admin", directory: null, lastUsedAt: NOW }),
  ];
  const conditions = look({ tokens, silences: [DAY, 25 * HOUR, 26 * HOUR, 90 * MINUTE] });
  t.deepEqual(
    conditions.map(({ key }) => key),
    ["silent-idp:acme-okta/24h", "silent-idp:acme-okta/25h", "silent-idp:acme-okta/90m"],
  );
  t.is(conditions[0]?.title, "Directory acme-okta has been silent for 25 hours");
  t.regex(conditions[0]?.text ?? "", /came at 2026-11-22T07:59:00\.000Z/);
});

test("a directory that was taken out of the configuration is nobody's business", (t) => {
  t.deepEqual(look({ directories: [ENTRA], tokens: [aToken({ lastUsedAt: ago(9 * DAY) })] }), []);
});

const expiring = (leftMs: number, parts: Partial<TokenFacts> = {}): TokenFacts =>
  aToken({ createdAt: addMs(NOW, leftMs - 90 * DAY), expiresAt: addMs(NOW, leftMs), lastUsedAt: NOW, ...parts });

for (const [title, token, stage, words] of [
  ["31 days left", expiring(31 * DAY), null, null],
  ["30 days left", expiring(30 * DAY), 1, "expires in 30 days"],
  ["8 days left", expiring(8 * DAY), 1, "expires in 8 days"],
  ["7 days left", expiring(7 * DAY), 2, "expires in 7 days"],
  ["a day left", expiring(DAY), 3, "expires within a day"],
  ["over", expiring(0), 4, "has expired"],
  ["over for 30 days", expiring(-30 * DAY), 4, "has expired"],
  ["over for longer", expiring(-30 * DAY - 1), null, null],
  ["revoked", expiring(DAY, { revokedAt: NOW }), null, null],
  ["made for 30 days: the first threshold does not count", expiring(29 * DAY, { createdAt: ago(DAY) }), null, null],
  ["made for 30 days: the second does", expiring(7 * DAY, { createdAt: ago(23 * DAY) }), 2, "expires in 7 days"],
  ["made for a day: its end is what was meant", expiring(-1, { createdAt: ago(DAY) }), null, null],
] as const) {
  test(`a token: ${title}`, (t) => {
    const [condition] = look({ tokens: [token], silences: [] });
    t.is(condition?.stage ?? null, stage);
    if (words === null) return;
    t.is(condition?.title, `Token 0123456789 of directory acme-okta ${words}`);
    t.is(condition?.key, "token:0123456789");
    t.true(condition?.text.includes("`rosterbridge token rotate 0123456789 --overlap 24h`"));
  });
}

test("a token for people is named by its scope", (t) => {
  const [condition] = look({ tokens: [expiring(DAY, { directory: null, scope: "admin" })], silences: [] });
  t.is(condition?.title, "Token 0123456789 of scope admin expires within a day");
});

for (const [title, other, isQuiet] of [
  ["another of the same directory has been used for a day since", { lastUsedAt: NOW }, true],
  ["the other is used as well", { lastUsedAt: ago(2 * DAY) }, false],
  ["the other was used a day later, and not since", { lastUsedAt: ago(DAY) }, false],
  ["the other is of another directory", { lastUsedAt: NOW, directory: ENTRA }, false],
  ["the other was revoked", { lastUsedAt: NOW, revokedAt: NOW }, false],
  ["the other has expired too", { lastUsedAt: NOW, createdAt: ago(HOUR), expiresAt: NOW }, false],
  ["the other was never used", { lastUsedAt: null }, false],
] as const) {
  test(`a token that expires is ${isQuiet ? "not told" : "told"} when ${title}`, (t) => {
    const old = expiring(DAY, { lastUsedAt: ago(2 * DAY) });
    const tokens = [old, aToken({ id: "new", createdAt: ago(3 * DAY), ...other })];
    const told = look({ tokens, silences: [] }).some(({ key }) => key === "token:0123456789");
    t.is(told, !isQuiet);
  });
}

for (const [title, old, successor, isTold] of [
  ["is within its overlap", { expiresAt: addMs(NOW, HOUR) }, {}, false],
  ["has ended, and its successor is used", { expiresAt: ago(HOUR) }, { lastUsedAt: NOW }, false],
  ["has ended, and its successor is not used", { expiresAt: ago(HOUR) }, {}, true],
  ["has ended, and its successor was revoked", { expiresAt: ago(HOUR) }, { revokedAt: NOW }, false],
  ["has ended, and nobody ever used either", { expiresAt: ago(HOUR), lastUsedAt: null }, {}, false],
  ["ended long ago", { expiresAt: ago(31 * DAY) }, {}, false],
  ["was ended at once", { revokedAt: ago(HOUR) }, {}, false],
] as const satisfies readonly (readonly [string, Partial<TokenFacts>, Partial<TokenFacts>, boolean])[]) {
  test(`a token that was rotated is ${isTold ? "told" : "not told"} when it ${title}`, (t) => {
    const tokens = [
      aToken({ lastUsedAt: ago(2 * HOUR), replacedBy: "new", ...old }),
      aToken({ id: "new", ...successor }),
    ];
    const [condition] = look({ tokens, silences: [] });
    t.is(
      condition?.title,
      isTold ? "Token 0123456789 of directory acme-okta has ended, and its successor is not used" : undefined,
    );
    if (isTold) t.true(condition?.text.includes("`rosterbridge token rotate new`"));
  });
}

test("a token of another scope is no replacement", (t) => {
  const old = expiring(DAY, { directory: null, scope: "admin", lastUsedAt: ago(2 * DAY) });
  const other = aToken({ id: "new", directory: null, scope: "health", lastUsedAt: NOW });
  t.is(look({ tokens: [old, other] }).length, 1);
  t.is(look({ tokens: [old, { ...other, scope: "admin" }] }).length, 0);
});
