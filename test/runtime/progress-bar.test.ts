import test from "ava";
import { createProgressLine, type ProgressLine } from "../../src/runtime/progress-bar.ts";

interface Screen {
  readonly line: ProgressLine;
  /** What was written, piece by piece. */
  readonly written: string[];
  /** Timers that run. */
  readonly timers: Set<() => void>;
  readonly stream: { columns: number };
  /** Lets time pass, and timers be called. */
  pass(ms: number): void;
}

function aScreen({ isTTY = true } = {}): Screen {
  const written: string[] = [];
  const timers = new Set<() => void>();
  let now = 10_000;
  const stream = { isTTY, columns: 100, write: (text: string) => void written.push(text) };
  const every = (_: number, work: () => void) => {
    timers.add(work);
    return () => void timers.delete(work);
  };
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= 100) {
      now += Math.min(100, left);
      for (const work of timers) work();
    }
  };
  return { line: createProgressLine(stream, { now: () => now, every }), written, timers, stream, pass };
}

const ERASED = "\r\x1b[K";

test("work that is done within half a second shows nothing", (t) => {
  const { line, written, timers, pass } = aScreen();
  const bar = line.begin("Planning people");
  bar.update(1, 10);
  pass(400);
  bar.update(10, 10);
  bar.end();
  pass(1_000);
  t.deepEqual(written, []);
  t.is(timers.size, 0);
});

test("a bar is one line that is written over, and erased at the end", (t) => {
  const { line, written, timers, pass } = aScreen();
  const bar = line.begin("Planning people");
  bar.update(1, 10);
  pass(600);
  bar.update(5, 10);
  pass(100);
  bar.end();
  bar.end();
  bar.update(6, 10);
  pass(1_000);
  t.deepEqual(written, [
    `\rPlanning people  ━━━───────────────────────────  10 %   1 of 10\x1b[K`,
    `\rPlanning people  ━━━━━━━━━━━━━━━───────────────  50 %   5 of 10\x1b[K`,
    ERASED,
  ]);
  t.is(timers.size, 0);
});

test("it is drawn at most ten times a second, by updates alone where no timer comes through", (t) => {
  const { line, written, timers, pass } = aScreen();
  const bar = line.begin("Planning people");
  timers.clear();
  pass(500);
  for (let done = 1; done <= 1_000; done += 1) {
    bar.update(done, 1_000);
    pass(1);
  }
  t.is(written.length, 10);
  t.regex(written.at(-1) ?? "", /90 %/);
});

test("what did not change is not written again, and how long it takes is", (t) => {
  const { line, written, pass } = aScreen();
  line.begin("Planning people").update(0, 10);
  pass(5_000);
  t.is(written.length, 1);
  line.begin("Listing accounts").update(0, null);
  pass(5_000);
  t.deepEqual(
    written.slice(1).map((text) => text.replaceAll(/[\r\x1b]|\[K/gu, "")),
    [0, 1, 2, 3, 4, 5].map((seconds) => `Listing accounts  0 in ${seconds} s`),
  );
});

test("other lines never run into it: it gives way, and comes back once nothing was written for half a second", (t) => {
  const { line, written, pass } = aScreen();
  const bar = line.begin("Planning people");
  const print = (text: string): void => {
    line.giveWay();
    written.push(text);
  };
  bar.update(5, 10);
  pass(600);
  const [drawn] = written;
  print("one");
  pass(300);
  print("two");
  pass(400);
  t.deepEqual(written, [drawn, ERASED, "one", "two"]);
  pass(100);
  t.is(written.length, 5);
  t.regex(written[4] ?? "", /^\rPlanning people .* 5 of 10/u);
});

test("one bar takes the place of another without a gap, and the former has no more say", (t) => {
  const { line, written, timers, pass } = aScreen();
  const former = line.begin("Listing accounts");
  former.update(10, 10);
  pass(400);
  const latter = line.begin("Planning people");
  pass(100);
  t.regex(written.join(""), /^\rPlanning people  0 in 0 s\x1b\[K$/u);
  former.update(3, 10);
  former.end();
  pass(100);
  t.is(timers.size, 1);
  t.is(written.length, 1);
  latter.end();
  t.is(written.at(-1), ERASED);
});

test("a question ends whatever bar there is", (t) => {
  const { line, written, pass } = aScreen();
  const bar = line.begin("Planning people");
  pass(600);
  line.end();
  bar.update(9, 10);
  pass(2_000);
  t.is(written.length, 2);
  t.is(written[1], ERASED);
});

test("it follows the width of the window", (t) => {
  const { line, written, stream, pass } = aScreen();
  const bar = line.begin("Planning people");
  bar.update(5, 10);
  pass(600);
  stream.columns = 30;
  pass(100);
  t.is(written.at(-1), "\rPlanning people  50 %\x1b[K");
});

test("nothing is ever written where standard error is no terminal", (t) => {
  const { line, written, timers, pass } = aScreen({ isTTY: false });
  const bar = line.begin("Planning people");
  bar.update(1, 10);
  pass(5_000);
  line.giveWay();
  bar.end();
  line.end();
  t.deepEqual(written, []);
  t.is(timers.size, 0);
});
