import test from "ava";
import type { ExecutionContext } from "ava";
import type { AccountId } from "../../src/domain/account.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import type { ConnectorFault } from "../../src/domain/errors.ts";
import { listen } from "../../src/lib/http-server.ts";
import type { Spoiler, Spoiling } from "../twins/kit/spoiler.ts";
import { withoutGaps } from "./connector.ts";
import { someWrite } from "./connector-change-rules.ts";
import { CAUSE } from "./connector-changes.ts";
import { aDesiredAccount, anApplyContext } from "./connector-harness.ts";
import type { ConnectorHarness } from "./connector-harness.ts";
import { emptied, halved, misdirected, withBadIds } from "./connector-spoilings.ts";
import { accountOf, addAccounts, bookingsOf, everything, observeAll, SIGNAL } from "./connector-state.ts";
import type { Declared, Held } from "./connector-state.ts";

/** A product behind a spoiler, to whose URL the connector speaks. */
export interface SpoilableHarness extends ConnectorHarness {
  readonly spoiler: Spoiler;
}

/** What a harness is made with: `requestTimeoutMs` goes to the connector. */
export interface SpoilableOptions {
  readonly requestTimeoutMs?: number;
}

/** What of the product decides which tests there are. */
export interface AnswerTraits {
  /** Next pages come as links, not as tokens or numbers. */
  readonly linksPages?: boolean;
  /** A whole answer with status 200 by which the product says that it failed; `{"error":{"message":"…"}}` unless told. */
  readonly errorInside?: string;
}

const JSON_TYPE = { "content-type": "application/json" };
const HTML_TYPE = { "content-type": "text/html; charset=utf-8" };
const LOGIN_PAGE = "<!doctype html><title>Sign in</title><form></form>";

/**
 * Bad answers, for every connector that speaks HTTP: none of them reads as "nobody there", as "done", or as "all of them".
 * Registers the tests under `name`.
 */
export function badAnswerContract(
  name: string,
  declared: Declared,
  createHarness: (t: ExecutionContext, options: SpoilableOptions) => Promise<SpoilableHarness>,
  traits: AnswerTraits = {},
): void {
  const held = withoutGaps(declared);
  const contract: Contract = (title, body, options) =>
    // What counts seconds runs before the rest: here, others keep the machine busy.
    (options === undefined ? test : test.serial)(`${name}, bad answers: ${title}`, async (t) =>
      body(t, await createHarness(t, options ?? {})),
    );
  readContract(contract, held, traits);
  midwayContract(contract);
  elsewhereContract(contract, held, traits);
  paceContract(contract, held);
  writeContract(contract, held);
}

type Contract = (
  title: string,
  body: (t: ExecutionContext, harness: SpoilableHarness) => Promise<void>,
  options?: SpoilableOptions,
) => void;

/** Answers to reads: each read has to fail, and no listing may be complete. */
function readContract(contract: Contract, held: Held, { errorInside }: AnswerTraits): void {
  const inside = errorInside ?? '{"error":{"message":"internal"}}';
  const inPlace = (status: number, body: string, headers: Readonly<Record<string, string>> = JSON_TYPE): Spoiling => ({
    kind: "answer",
    status,
    headers,
    body,
  });
  const cases: readonly (readonly [string, Spoiling, SpoilableOptions?])[] = [
    ["HTML where JSON is due", inPlace(200, LOGIN_PAGE, HTML_TYPE)],
    ["HTML that is called JSON", inPlace(200, LOGIN_PAGE)],
    ["an error with status 200", inPlace(200, inside)],
    ["an empty object", inPlace(200, "{}")],
    ["null", inPlace(200, "null")],
    ["a text", inPlace(200, '"ok"')],
    ["nothing at all", inPlace(200, "")],
    ["204", inPlace(204, "", {})],
    ["half of the answer", { kind: "change", change: halved }],
    ["404 for everything, as a wrong base URL gives", inPlace(404, LOGIN_PAGE, HTML_TYPE)],
    ["a body without end", { kind: "endless" }],
    ["a body that drips", { kind: "drip" }, { requestTimeoutMs: 400 }],
  ];
  for (const [what, how, options] of cases) {
    contract(
      `${what} is not nobody`,
      async (t, harness) => {
        const account = await someone(harness);
        harness.spoiler.spoil(how);
        await readsFail(t, harness, held, account);
        harness.spoiler.heal();
        t.is((await harness.connector.find({ account, email: "ana@acme.example" }, SIGNAL)).length, 1);
      },
      options,
    );
  }

  contract("a list that comes empty does not make a whole list", async (t, harness) => {
    await addAccounts(harness, 3);
    await harness.connector.find({ email: "person0@acme.example" }, SIGNAL);
    harness.spoiler.spoil({ kind: "change", change: emptied });
    const seen = await tryToObserve(harness);
    // A product that does not count them can only be caught by the engine, which knows how many there were.
    t.true(seen === "failed" || seen === 0, `${seen} accounts`);
  });

  contract("ids that lead elsewhere are no ids, and nothing is sent to them", async (t, harness) => {
    const account = await someone(harness);
    for (const id of ["..", `../${account}`, `a/${account}`, "a\\b", `${account}?x=1`]) {
      harness.spoiler.spoil({ kind: "change", change: (answer) => withBadIds(answer, account, id) });
      t.is(await tryToObserve(harness), "failed", id);
      harness.spoiler.heal();
      const requests = harness.spoiler.requests().length;
      const attempt = harness.connector.apply(someWrite(held, id as AccountId), anApplyContext());
      const error = await t.throwsAsync(attempt, { instanceOf: ConnectorError });
      t.true(["rejected", "missing"].includes(error.reason), `${id}: ${error.reason}`);
      const sent = harness.spoiler.requests().slice(requests);
      t.deepEqual(
        sent.filter((line) => /\.\.|%2e%2e|[?]x=1|%2f/i.test(line) && !line.startsWith("GET ")),
        [],
      );
    }
    t.truthy(await accountOf(harness, account));
  });
}

function midwayContract(contract: Contract): void {
  for (const status of [401, 403, 404, 500]) {
    contract(`${status} midway makes a listing incomplete`, async (t, harness) => {
      await addAccounts(harness, harness.severalPages ?? 3);
      await observeAll(harness);
      const before = harness.spoiler.requests().length;
      const { completeness } = await observeAll(harness);
      t.true(completeness.complete);
      const requests = harness.spoiler.requests().length - before;
      for (const after of new Set([requests - 1, Math.floor(requests / 2)])) {
        harness.spoiler.spoil({ kind: "answer", status, headers: JSON_TYPE, body: "{}" }, { after });
        t.is(await tryToObserve(harness), "failed", `after ${after} of ${requests} requests`);
      }
    });
  }
}

function elsewhereContract(contract: Contract, held: Held, { linksPages = false }: AnswerTraits): void {
  for (const status of [301, 302, 307, 308]) {
    contract(`a redirect by ${status} is not followed, with our credentials or without`, async (t, harness) => {
      const account = await someone(harness);
      const trap = await startTrap(t);
      const headers = { ...HTML_TYPE, location: `${trap.url}/login` };
      harness.spoiler.spoil({ kind: "answer", status, headers, body: LOGIN_PAGE });
      await readsFail(t, harness, held, account);
      const write = harness.connector.apply(someWrite(held, account), anApplyContext());
      await t.throwsAsync(write, { instanceOf: ConnectorError, code: "connector.unavailable" });
      t.deepEqual(trap.requests, []);
    });
  }

  if (!linksPages) return;
  contract("a next page on another host, or elsewhere on this one, is not asked for", async (t, harness) => {
    await addAccounts(harness, harness.severalPages ?? 3);
    const trap = await startTrap(t);
    const { url } = harness.spoiler;
    const own = new URL(url);
    const user = `${own.protocol}//name:secret@${own.host}${own.pathname}`;
    for (const base of [trap.url, `${own.origin}/elsewhere`, user, "//127.0.0.1:1", `${url}/../..`]) {
      harness.spoiler.spoil({ kind: "change", change: (answer) => misdirected(answer, url, base) });
      t.is(await tryToObserve(harness), "failed", base);
    }
    t.deepEqual(trap.requests, []);
    t.deepEqual(
      harness.spoiler.requests().filter((line) => line.includes("/elsewhere")),
      [],
    );
  });
}

function paceContract(contract: Contract, held: Held): void {
  const retryAfter: readonly (readonly [string | undefined, number | undefined])[] = [
    [undefined, undefined],
    ["2", 2_000],
    ["in a while", undefined],
    ["-5", undefined],
    ["86400", 900_000],
    ["99999999999999999999999", 900_000],
    ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
    ["Fri, 31 Dec 9999 23:59:59 GMT", 900_000],
  ];
  for (const [value, expected] of retryAfter) {
    contract(`429 with ${value === undefined ? "no Retry-After" : `Retry-After: ${value}`}`, async (t, harness) => {
      const account = await someone(harness);
      const headers = value === undefined ? JSON_TYPE : { ...JSON_TYPE, "retry-after": value };
      harness.spoiler.spoil({ kind: "answer", status: 429, headers, body: "{}" });
      const before = await everything(harness);
      const write = harness.connector.apply(someWrite(held, account), anApplyContext());
      const error = await t.throwsAsync(write, { instanceOf: ConnectorError });
      t.is(error.reason, "rate-limited");
      // Where nothing usable is said, a connector may know how long its product takes.
      const told = error.retryAfterMs;
      if (expected === undefined) t.true(told === undefined || (told > 0 && told <= 900_000), String(told));
      else t.is(told, expected);
      await t.throwsAsync(harness.connector.find({ account, email: "ana@acme.example" }, SIGNAL), {
        instanceOf: ConnectorError,
        code: "connector.rate-limited",
      });
      t.deepEqual(await everything(harness), before);
    });
  }
}

function writeContract(contract: Contract, held: Held): void {
  const create = (harness: ConnectorHarness) =>
    ({ kind: "create-account", ...CAUSE, desired: harness.connector.normalize(aDesiredAccount()) }) as const;
  const isWrite = /^(?!GET|HEAD)/;

  contract("a 500 that did the work is not taken for a failure, nor for a success", async (t, harness) => {
    const account = await someone(harness);
    const change = someWrite(held, account);
    harness.spoiler.spoil(
      { kind: "answer-after-effect", status: 500, headers: HTML_TYPE, body: LOGIN_PAGE },
      { method: isWrite },
    );
    await failsAs(t, harness.connector.apply(change, anApplyContext()), ["unavailable"]);
    harness.spoiler.heal();
    await harness.connector.apply(change, anApplyContext({ mayHaveHappened: true }));
    const after = await everything(harness);
    const again = await harness.connector.apply(change, anApplyContext({ mayHaveHappened: true }));
    t.is(again.effect, "already-so");
    t.deepEqual(await everything(harness), after);
  });

  if (held.changes.has("create-account")) {
    for (const body of ["{}", LOGIN_PAGE]) {
      contract(`409 on a create (${body === "{}" ? "JSON" : "HTML"}) makes nobody`, async (t, harness) => {
        const headers = body === "{}" ? JSON_TYPE : HTML_TYPE;
        const before = (await harness.accounts()).length;
        await warm(harness);
        harness.spoiler.spoil({ kind: "answer", status: 409, headers, body }, { method: isWrite });
        for (const mayHaveHappened of [false, true]) {
          const attempt = harness.connector.apply(create(harness), anApplyContext({ mayHaveHappened }));
          await failsAs(t, attempt, ["conflict", "rejected", "unavailable"]);
        }
        harness.spoiler.heal();
        t.is((await harness.accounts()).length, before);
      });
    }
    contract("an error with status 200 on a create makes nobody", async (t, harness) => {
      const body = '{"error":{"message":"internal"}}';
      await warm(harness);
      harness.spoiler.spoil({ kind: "answer", status: 200, headers: JSON_TYPE, body }, { method: isWrite });
      await failsAs(t, harness.connector.apply(create(harness), anApplyContext()), ["unavailable", "rejected"]);
    });
  }

  for (const kind of ["deactivate-account", "delete-account"] as const) {
    if (!held.changes.has(kind)) continue;
    contract(`404 to ${kind} is not done, and the account is still found`, async (t, harness) => {
      const account = await someone(harness);
      harness.spoiler.spoil({ kind: "answer", status: 404, headers: HTML_TYPE, body: LOGIN_PAGE }, { method: isWrite });
      const outcome = await harness.connector.apply({ kind, ...CAUSE, account }, anApplyContext()).then(
        ({ effect }) => effect,
        (error: unknown) => (error instanceof ConnectorError ? error.reason : error),
      );
      // "It is gone" is believed until the engine reads it back, which it does; "changed" would be a lie.
      t.true(["missing", "already-so", "unavailable", "rejected"].includes(String(outcome)), String(outcome));
      harness.spoiler.heal();
      const found = await harness.connector.find({ account, email: "ana@acme.example" }, SIGNAL);
      t.deepEqual(
        found.map(({ id, status }) => [id, status]),
        [[account, "active"]],
      );
    });
  }
}

/** A connector that has signed in, and has read what it reads once. */
async function warm({ connector }: ConnectorHarness): Promise<void> {
  await connector.find({ email: "nobody@acme.example" }, SIGNAL);
}

/** Somebody who is there, and a connector that has read what it reads once. */
async function someone(harness: SpoilableHarness): Promise<AccountId> {
  const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
  await harness.connector.find({ account, email: "ana@acme.example" }, SIGNAL);
  return account;
}

async function readsFail(
  t: ExecutionContext,
  harness: SpoilableHarness,
  { bookings }: Held,
  account: AccountId,
): Promise<void> {
  const reasons: readonly ConnectorFault[] = ["unavailable", "rejected", "missing"];
  t.is(await tryToObserve(harness), "failed");
  await failsAs(t, harness.connector.find({ account, email: "ana@acme.example" }, SIGNAL), reasons);
  if (bookings === "bridge") await failsAs(t, bookingsOf(harness, account), reasons);
}

async function failsAs(t: ExecutionContext, call: Promise<unknown>, reasons: readonly ConnectorFault[]): Promise<void> {
  const error = await t.throwsAsync(call, { instanceOf: ConnectorError });
  t.true(reasons.includes(error.reason), `${error.reason}: ${error.message}`);
  t.notRegex(error.message, /Sign in|internal"|@/);
}

/** How many accounts a whole listing has; `failed` when it was not whole. */
async function tryToObserve(harness: ConnectorHarness): Promise<number | "failed"> {
  try {
    const { completeness } = await observeAll(harness);
    return completeness.complete ? completeness.accounts : "failed";
  } catch (error) {
    if (error instanceof ConnectorError) return "failed";
    throw error;
  }
}

/** A server that nobody may speak to. */
async function startTrap(t: ExecutionContext): Promise<{ readonly url: string; readonly requests: readonly string[] }> {
  const requests: string[] = [];
  const { url, close } = await listen(
    (request, response) => {
      requests.push(`${request.method} ${request.url}`);
      response.writeHead(200, JSON_TYPE).end("{}");
    },
    { host: "127.0.0.1", port: 0 },
  );
  t.teardown(() => close(0));
  return { url, requests };
}
