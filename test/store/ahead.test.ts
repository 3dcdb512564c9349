import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { ahead } from "../../src/store/ahead.ts";

/** Numbers from 0 on, each after some steps, as a driver takes them; notes when it is asked and when it is done with. */
async function* numbers(until: number, notes: string[]): AsyncGenerator<number> {
  try {
    for (let item = 0; item < until; item++) {
      notes.push(`asked ${item}`);
      for (let step = 0; step < 20; step++) await Promise.resolve();
      notes.push(`under way ${item}`);
      await sleep(1);
      yield item;
    }
  } finally {
    notes.push("done with");
  }
}

test("all items come, in their order", async (t) => {
  t.deepEqual(await Array.fromAsync(ahead(numbers(4, []))), [0, 1, 2, 3]);
  t.deepEqual(await Array.fromAsync(ahead(numbers(0, []))), []);
});

test("the next item is under way before the reader has the last one in hand", async (t) => {
  const notes: string[] = [];
  for await (const item of ahead(numbers(3, notes))) notes.push(`got ${item}`);
  t.true(notes.indexOf("under way 1") < notes.indexOf("got 0"), notes.join(", "));
  t.true(notes.indexOf("under way 2") < notes.indexOf("got 1"), notes.join(", "));
});

test("a reader who leaves waits for what is under way, and nothing is asked for afterwards", async (t) => {
  const notes: string[] = [];
  for await (const item of ahead(numbers(9, notes))) if (item === 1) break;
  t.is(notes.at(-1), "done with");
  t.false(notes.includes("asked 3"), notes.join(", "));
});

test("what fails ahead is told after the items before it, and only then", async (t) => {
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    await sleep(1);
    throw new Error("the second page failed");
  }
  const got: number[] = [];
  await t.throwsAsync(
    async () => {
      for await (const item of ahead(failing())) {
        await sleep(20); // long enough for the failure to be there while nobody asks
        got.push(item);
      }
    },
    { message: "the second page failed" },
  );
  t.deepEqual(got, [1]);
});

test("a reader who leaves is not bothered with what fails ahead", async (t) => {
  async function* failing(): AsyncGenerator<number> {
    yield 1;
    throw new Error("nobody asked for it");
  }
  await t.notThrowsAsync(async () => {
    for await (const item of ahead(failing())) if (item === 1) break;
  });
});
