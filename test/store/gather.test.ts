import { setImmediate } from "node:timers/promises";
import test from "ava";
import { gather } from "../../src/store/gather.ts";

/** A look-up whose statements end when they are told to; answers each key with itself and the number of the statement. */
function aLookUp(): {
  readonly batches: (readonly string[])[];
  readonly load: (key: string) => Promise<string>;
  readonly end: (batch: number, fault?: Error) => Promise<void>;
} {
  const batches: (readonly string[])[] = [];
  const under: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  const load = gather(async (keys: readonly string[]) => {
    const number = batches.push(keys);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    under.push({ resolve, reject });
    await promise;
    return keys.map((key) => `${key} of ${number}`);
  });
  const end = async (batch: number, fault?: Error): Promise<void> => {
    const statement = under[batch - 1];
    if (statement === undefined) throw new Error("that statement was not sent");
    if (fault === undefined) statement.resolve();
    else statement.reject(fault);
    await aTurn();
  };
  return { batches, load, end };
}

/** Long enough for a statement that nobody holds up to be sent. */
async function aTurn(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

test("what is asked for in one turn is looked up as one, and each is answered with what they asked for", async (t) => {
  const { batches, load, end } = aLookUp();
  const answers = Promise.all(["c", "a", "b"].map(load));
  t.deepEqual(batches, [], "nothing is sent before all of them could ask");
  await aTurn();
  t.deepEqual(batches, [["c", "a", "b"]]);
  await end(1);
  t.deepEqual(await answers, ["c of 1", "a of 1", "b of 1"]);
});

test("requests that are read one after the other in one turn of the event loop share a look-up", async (t) => {
  const { batches, load, end } = aLookUp();
  const answers = ["a", "b", "c"].map(async (key, index) => {
    for (let step = 0; step < index * 3; step += 1) await Promise.resolve();
    return load(key);
  });
  await aTurn();
  t.deepEqual(batches, [["a", "b", "c"]]);
  await end(1);
  t.deepEqual(await Promise.all(answers), ["a of 1", "b of 1", "c of 1"]);
});

test("those who come while a look-up is under way share the next one, which is sent when that one has ended", async (t) => {
  const { batches, load, end } = aLookUp();
  const first = load("a");
  await aTurn();
  const later: Promise<string>[] = [];
  for (const key of ["b", "c", "a"]) {
    later.push(load(key));
    await aTurn();
  }
  t.deepEqual(batches, [["a"]]);
  await end(1);
  t.is(await first, "a of 1");
  await aTurn();
  t.deepEqual(batches, [["a"], ["b", "c", "a"]]);
  await end(2);
  t.deepEqual(await Promise.all(later), ["b of 2", "c of 2", "a of 2"], "what was asked for later is answered later");
});

test("who asks for the same thing in one look-up gets the same answer", async (t) => {
  const { load, end } = aLookUp();
  const answers = Promise.all(["a", "b", "a"].map(load));
  await aTurn();
  await end(1);
  t.deepEqual(await answers, ["a of 1", "b of 1", "a of 1"]);
});

test("nothing is kept: what was answered is looked up again", async (t) => {
  const { batches, load, end } = aLookUp();
  for (const number of [1, 2, 3]) {
    const answer = load("a");
    await aTurn();
    await end(number);
    t.is(await answer, `a of ${number}`);
  }
  t.deepEqual(batches, [["a"], ["a"], ["a"]]);
});

test("a look-up that fails is a failure for each of those who shared it, and for nobody else", async (t) => {
  const { load, end } = aLookUp();
  const sharing = Promise.allSettled([load("a"), load("b")]);
  await aTurn();
  const next = load("a");
  await aTurn();
  const fault = new RangeError("the disk failed");
  await end(1, fault);
  t.deepEqual(await sharing, [
    { status: "rejected", reason: fault },
    { status: "rejected", reason: fault },
  ]);
  await aTurn();
  await end(2);
  t.is(await next, "a of 2");
  const last = load("b");
  await aTurn();
  await end(3);
  t.is(await last, "b of 3");
});

test("a thousand who ask at once share one look-up, in order", async (t) => {
  const { batches, load, end } = aLookUp();
  const keys = Array.from({ length: 1_000 }, (_, index) => `k${index}`);
  const answers = Promise.all(keys.map(load));
  await aTurn();
  await end(1);
  t.deepEqual(
    await answers,
    keys.map((key) => `${key} of 1`),
  );
  t.deepEqual(batches, [keys]);
});
