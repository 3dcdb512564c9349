import test from "ava";
import { createRollCall } from "../../../src/connectors/scim/roll-call.ts";
import { readUser, type ScimUser } from "../../../src/connectors/scim/user.ts";
import { ConnectorError } from "../../../src/domain/errors.ts";

const SIGNAL = new AbortController().signal;
const user = (name: string): ScimUser => readUser({ id: name, userName: `${name}@acme.example` }, "it");

/** A product of these people. Each listing waits, before its first user, until it is let go. */
function product(people: () => readonly string[]) {
  const listings: { readonly signal: AbortSignal; readonly gate: PromiseWithResolvers<void> }[] = [];
  const rollCall = createRollCall(async function* (signal) {
    const gate = Promise.withResolvers<void>();
    listings.push({ signal, gate });
    signal.addEventListener("abort", () => gate.reject(new ConnectorError("unavailable", "it was stopped")));
    await gate.promise;
    for (const name of people()) yield user(name);
  });
  const find = async (name: string, signal = SIGNAL): Promise<readonly string[]> =>
    (await rollCall.named(`${name}@acme.example`, signal)).map(({ id }) => id);
  return { listings, find };
}

test("those who ask before a listing begins share it, and whoever asks later gets one of their own", async (t) => {
  const people = ["ana", "bo"];
  const { listings, find } = product(() => people);
  const first = find("ana");
  const [second, third] = [find("bo"), find("cy")];
  t.is(listings.length, 1);
  listings[0]?.gate.resolve();
  t.deepEqual(await first, ["ana"]);
  people.push("cy");
  t.is(listings.length, 2);
  listings[1]?.gate.resolve();
  t.deepEqual(await Promise.all([second, third]), [["bo"], ["cy"]]);
  t.is(listings.length, 2);
});

test("whoever gives up leaves the listing to the others; it is stopped when nobody waits for it", async (t) => {
  const { listings, find } = product(() => ["ana"]);
  const [one, other] = [new AbortController(), new AbortController()];
  const blocked = find("bo");
  const asked = [find("ana", one.signal), find("ana", other.signal)];
  listings[0]?.gate.resolve();
  await blocked;
  one.abort();
  await t.throwsAsync(asked[0] ?? blocked, { code: "connector.unavailable" });
  t.false(listings[1]?.signal.aborted);
  other.abort();
  await t.throwsAsync(asked[1] ?? blocked, { code: "connector.unavailable" });
  t.true(listings[1]?.signal.aborted);
});

test("a listing that fails fails for all who waited for it, and the next one is tried", async (t) => {
  const { listings, find } = product(() => ["ana"]);
  const asked = find("ana");
  listings[0]?.gate.reject(new ConnectorError("unavailable", "no answer"));
  await t.throwsAsync(asked, { message: "no answer" });
  const again = find("ana");
  listings[1]?.gate.resolve();
  t.deepEqual(await again, ["ana"]);
});

test("nobody is asked for whoever has given up before", async (t) => {
  const { listings, find } = product(() => ["ana"]);
  await t.throwsAsync(find("ana", AbortSignal.abort()), { code: "connector.unavailable" });
  t.deepEqual(listings, []);
});
