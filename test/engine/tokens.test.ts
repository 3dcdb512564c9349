import { createHash } from "node:crypto";
import test from "ava";
import type { DirectoryId } from "../../src/domain/directory.ts";
import { StoreUnavailableError } from "../../src/domain/errors.ts";
import { createTokenOffice, type TokenOffice } from "../../src/engine/tokens.ts";
import type { TokenRecord, Tokens } from "../../src/ports/tokens.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";

interface Setting {
  readonly office: TokenOffice;
  readonly records: Map<string, TokenRecord>;
  readonly clock: ManualClock;
  readonly calls: string[];
}

function open(parts: Partial<Tokens> = {}): Setting {
  const records = new Map<string, TokenRecord>();
  const calls: string[] = [];
  const clock = createManualClock();
  const change = (id: string, fields: Partial<TokenRecord>): void =>
    void records.set(id, { ...records.get(id)!, ...fields });
  const tokens: Tokens = {
    put: async (record, { action }) => void (calls.push(action), records.set(record.id, record)),
    get: async (id) => (calls.push("get"), records.get(id)),
    list: async () => [...records.values()],
    revoke: async (id, revokedAt, { action }) => void (calls.push(action), change(id, { revokedAt })),
    replace: async (id, end, next, audit) => {
      calls.push(...audit.map(({ action, subject }) => `${action} ${subject}`));
      change(id, { ...end, replacedBy: next.id });
      records.set(next.id, next);
    },
    touch: async (id, lastUsedAt) => void (calls.push("touch"), change(id, { lastUsedAt })),
    ...parts,
  };
  return { office: createTokenOffice(tokens, clock), records, clock, calls };
}

const REQUEST = { scope: "scim", directory: "acme" as DirectoryId, expiresInMs: null, author: "cli" } as const;
const REFUSED = { code: "auth.unauthenticated", message: "The bearer token is missing, wrong, expired or revoked." };

test("a token is rb, an id, 43 characters and a checksum; what is kept is its SHA-256", async (t) => {
  const { office, records, calls } = open();
  const { token, record } = await office.create(REQUEST);
  t.regex(token, /^rb_[0-9a-f]{10}_[A-Za-z0-9_-]{43}_[0-9a-f]{8}$/);
  t.is(token.split("_")[1], record.id);
  t.is(record.hash, createHash("sha256").update(token).digest("hex"));
  t.false(JSON.stringify([...records.values()]).includes(token.slice(14, 57)));
  t.deepEqual(calls, ["token.created"]);
});

test("no two tokens are alike", async (t) => {
  const { office } = open();
  const tokens = await Promise.all(Array.from({ length: 50 }, () => office.create(REQUEST)));
  t.is(new Set(tokens.map(({ token }) => token)).size, 50);
});

for (const [title, header, isTaken] of [
  ["with Bearer", (token: string) => `Bearer ${token}`, true],
  ["with bearer in any letter case", (token: string) => `bEARER ${token}`, true],
  ["with Bearer twice", (token: string) => `Bearer Bearer ${token}`, true],
  ["bare", (token: string) => token, true],
  ["with spaces around it", (token: string) => `  Bearer   ${token}  `, true],
  ["with another scheme", (token: string) => `Basic ${token}`, false],
  ["with something after it", (token: string) => `Bearer ${token} more`, false],
  ["with a comma after it", (token: string) => `Bearer ${token},`, false],
  ["as two tokens", (token: string) => `${token} ${token}`, false],
  ["cut short", (token: string) => `Bearer ${token.slice(0, -1)}`, false],
  ["with one character more", (token: string) => `Bearer ${token}0`, false],
  ["in capitals", (token: string) => `Bearer ${token.toUpperCase()}`, false],
  ["within a header of more than 1,024 characters", (token: string) => `Bearer ${" ".repeat(1_000)}${token}`, false],
  ["as nothing", () => "", false],
  ["as Bearer alone", () => "Bearer", false],
] as const) {
  test(`a token ${title} is ${isTaken ? "recognised" : "refused"}`, async (t) => {
    const { office } = open();
    const { token, record } = await office.create(REQUEST);
    const asked = office.authenticate(header(token));
    if (isTaken) t.deepEqual(await asked, { token: record.id, scope: "scim", directory: "acme" });
    else await t.throwsAsync(asked, REFUSED);
  });
}

test("no header at all is refused as a wrong one is", async (t) => {
  await t.throwsAsync(open().office.authenticate(undefined), REFUSED);
});

test("a mistyped token is known by its checksum, without a look into the store", async (t) => {
  const { office, calls } = open();
  const { token } = await office.create(REQUEST);
  for (const at of [4, 20, 40, 60]) {
    const typo = token.slice(0, at) + (token[at] === "a" ? "b" : "a") + token.slice(at + 1);
    await t.throwsAsync(office.authenticate(`Bearer ${typo}`), REFUSED);
  }
  t.deepEqual(calls, ["token.created"]);
});

test("a token made up with a right checksum is looked up and refused", async (t) => {
  const { office, calls } = open();
  const { record } = await office.create(REQUEST);
  const body = `rb_${record.id}_${"A".repeat(43)}`;
  const forged = `${body}_${createHash("sha256").update(`checksum:${body}`).digest("hex").slice(0, 8)}`;
  await t.throwsAsync(office.authenticate(`Bearer ${forged}`), REFUSED);
  t.deepEqual(calls, ["token.created", "get"]);
});

test("a token is good until it expires, and no longer", async (t) => {
  const { office, clock } = open();
  const { token, record } = await office.create({ ...REQUEST, expiresInMs: 60_000 });
  t.is(record.expiresAt as string, "2026-11-23T09:01:00.000Z");
  clock.advance(59_999);
  t.is((await office.authenticate(token)).token, record.id);
  clock.advance(1);
  await t.throwsAsync(office.authenticate(token), REFUSED);
});

test("a revoked token is refused at once; an unknown one cannot be revoked", async (t) => {
  const { office, calls } = open();
  const { token, record } = await office.create(REQUEST);
  await office.revoke(record.id, "cli");
  await t.throwsAsync(office.authenticate(token), REFUSED);
  t.true(calls.includes("token.revoked"));
  await t.throwsAsync(office.revoke("0000000000", "cli"), { code: "subject.unknown", message: /token list/ });
});

test("rotated at once, the old token is refused from the next request on, and its successor is of the same directory", async (t) => {
  const { office, calls } = open();
  const old = await office.create({ ...REQUEST, expiresInMs: 90_000 });
  const next = await office.rotate(old.record.id, { overlapMs: 0, expiresInMs: undefined, author: "cli" });
  await t.throwsAsync(office.authenticate(old.token), REFUSED);
  t.deepEqual(await office.authenticate(next.token), { token: next.record.id, scope: "scim", directory: "acme" });
  t.is(next.record.expiresAt, old.record.expiresAt);
  t.is(next.previous.revokedAt, next.record.createdAt);
  t.true(calls.includes(`token.rotated ${old.record.id}`) && calls.includes(`token.created ${next.record.id}`));
});

test("rotated with an overlap, both are good until it is over", async (t) => {
  const { office, clock } = open();
  const old = await office.create(REQUEST);
  const next = await office.rotate(old.record.id, { overlapMs: 3_600_000, expiresInMs: null, author: "cli" });
  clock.advance(3_599_999);
  t.is((await office.authenticate(old.token)).token, old.record.id);
  t.is((await office.authenticate(next.token)).token, next.record.id);
  clock.advance(1);
  await t.throwsAsync(office.authenticate(old.token), REFUSED);
  t.is((await office.authenticate(next.token)).token, next.record.id);
});

test("an overlap does not make a token last longer", async (t) => {
  const { office, clock } = open();
  const old = await office.create({ ...REQUEST, expiresInMs: 60_000 });
  const { previous, record } = await office.rotate(old.record.id, {
    overlapMs: 3_600_000,
    expiresInMs: 7_200_000,
    author: "cli",
  });
  t.is(previous.expiresAt, old.record.expiresAt);
  t.is(record.expiresAt as string, "2026-11-23T11:00:00.000Z");
  clock.advance(60_000);
  await t.throwsAsync(office.authenticate(old.token), REFUSED);
});

test("a token that is unknown, revoked or rotated before is not rotated, and it is said why", async (t) => {
  const { office } = open();
  const how = { overlapMs: 3_600_000, expiresInMs: undefined, author: "cli" };
  const revoked = await office.create(REQUEST);
  await office.revoke(revoked.record.id, "cli");
  const rotated = await office.create(REQUEST);
  const { record } = await office.rotate(rotated.record.id, how);
  await t.throwsAsync(office.rotate("0000000000", how), { code: "subject.unknown", message: /token list/ });
  await t.throwsAsync(office.rotate(revoked.record.id, how), { message: /was revoked/ });
  await t.throwsAsync(office.rotate(rotated.record.id, how), { message: new RegExp(`successor is ${record.id}`) });
});

test("the time of last use is kept to the minute", async (t) => {
  const { office, clock, calls } = open();
  const { token } = await office.create(REQUEST);
  for (const ms of [0, 10_000, 49_999, 1, 30_000]) {
    clock.advance(ms);
    await office.authenticate(token);
  }
  t.is(calls.filter((call) => call === "touch").length, 2);
});

test("a store that cannot note the last use refuses nobody for that", async (t) => {
  const { office } = open({ touch: () => Promise.reject(new StoreUnavailableError("disk full")) });
  const { token } = await office.create(REQUEST);
  t.is((await office.authenticate(token)).scope, "scim");
});
