import test from "ava";
import { createTurns } from "../../../src/engine/apply/turns.ts";

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let isSettled = false;
  void promise.then(() => (isSettled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return isSettled;
};

test("one has the turn at a time", async (t) => {
  const turns = createTurns();
  const first = await turns.take("full");
  const second = turns.take("full");
  t.false(await settled(second));
  first.release();
  t.true(await settled(second));
});

test("whoever is urgent goes before everybody who waits", async (t) => {
  const turns = createTurns();
  const order: string[] = [];
  const first = await turns.take("full");
  const waiting = (["full", "urgent", "full", "urgent"] as const).map(async (priority, index) => {
    const turn = await turns.take(priority);
    order.push(`${priority} ${index}`);
    turn.release();
  });
  first.release();
  await Promise.all(waiting);
  t.deepEqual(order, ["urgent 1", "urgent 3", "full 0", "full 2"]);
});

test("a full run lets the urgent ones in between, and goes on after them", async (t) => {
  const turns = createTurns();
  const full = await turns.take("full");
  t.false(full.isWanted());
  const urgent = turns.take("urgent");
  const other = turns.take("full");
  t.true(full.isWanted());
  const breath = full.breathe();
  const turn = await urgent;
  t.false(await settled(breath));
  t.false(await settled(other));
  turn.release();
  // The other full run waited longer than the one that stepped aside.
  (await other).release();
  t.true(await settled(breath));
  t.false(full.isWanted());
});

test("an urgent run steps aside for nobody, and breathing costs nothing when nobody waits", async (t) => {
  const turns = createTurns();
  const urgent = await turns.take("urgent");
  const next = turns.take("urgent");
  t.false(urgent.isWanted());
  t.true(await settled(urgent.breathe()));
  t.false(await settled(next));
  urgent.release();
  await next;
});

test("a turn is given back once", async (t) => {
  const turns = createTurns();
  const first = await turns.take("full");
  const second = turns.take("full");
  const third = turns.take("full");
  first.release();
  first.release();
  await second;
  t.false(await settled(third));
});
