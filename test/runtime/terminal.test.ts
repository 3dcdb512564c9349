import { mkdtempSync, openSync, closeSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import test, { type ExecutionContext } from "ava";
import { createTerminal, type SharedTerminal } from "../../src/runtime/terminal.ts";

interface Screen {
  readonly terminal: SharedTerminal;
  /** What came to the screen from both streams, in order. */
  readonly seen: string[];
  readonly keyboard: PassThrough;
  pass(ms: number): void;
}

interface Setting {
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Descriptor of standard output. */
  readonly fd?: number;
}

function aScreen({ isTTY = true, env = {}, fd = -1 }: Setting = {}): Screen {
  const seen: string[] = [];
  const timers = new Set<() => void>();
  let now = 0;
  const outlet = (descriptor: number) => {
    const stream = Object.assign(new PassThrough(), { fd: descriptor, columns: 100, hasColors: () => true });
    stream.on("data", (text: Buffer) => seen.push(text.toString()));
    return isTTY ? Object.assign(stream, { isTTY }) : stream;
  };
  const keyboard = new PassThrough();
  const streams = { stdin: Object.assign(keyboard, { isTTY }), stdout: outlet(fd), stderr: outlet(-1), env };
  const terminal = createTerminal(streams, {
    now: () => now,
    every(_, work) {
      timers.add(work);
      return () => void timers.delete(work);
    },
  });
  const pass = (ms: number): void => {
    now += ms;
    for (const work of timers) work();
  };
  return { terminal, seen, keyboard, pass };
}

const BAR = "\rPlanning people  ━━━━━━━━━━━━━━━───────────────  50 %   5 of 10\x1b[K";
const ERASED = "\r\x1b[K";

/** A terminal with a bar on it. */
function busy(setting?: Setting): Screen {
  const screen = aScreen(setting);
  screen.terminal.progress("Planning people").update(5, 10);
  screen.pass(600);
  return screen;
}

for (const way of ["print", "warn"] as const) {
  test(`${way} takes the bar off the screen first`, (t) => {
    const { terminal, seen } = busy();
    terminal[way]("A line.");
    t.deepEqual(seen, [BAR, ERASED, "A line.\n"]);
  });
}

test("a question ends the bar before it is asked", async (t) => {
  const { terminal, seen, keyboard, pass } = busy();
  const answer = terminal.confirm("Apply this plan?");
  pass(5_000);
  keyboard.write("y\n");
  t.true(await answer);
  t.deepEqual(seen.slice(0, 2), [BAR, ERASED]);
  t.false(seen.slice(2).join("").includes("Planning people"));
});

/** A file to redirect standard output to. */
function aFile(t: ExecutionContext): number {
  const folder = mkdtempSync(join(tmpdir(), "terminal-"));
  const descriptor = openSync(join(folder, "out.txt"), "w");
  t.teardown(() => {
    closeSync(descriptor);
    rmSync(folder, { recursive: true });
  });
  return descriptor;
}

test("what goes to a file leaves the bar where it is", (t) => {
  const { terminal, seen } = busy({ fd: aFile(t) });
  terminal.print("A line.");
  t.deepEqual(seen, [BAR, "A line.\n"]);
});

test("the bar has no colour to begin with, and is there where NO_COLOR forbids colours", (t) => {
  const { terminal, seen } = busy({ env: { NO_COLOR: "1" } });
  t.false(terminal.hasColour);
  t.deepEqual(seen, [BAR]);
});

for (const [where, setting] of [
  ["on a pipe", { isTTY: false }],
  ["on a terminal that cannot erase", { env: { TERM: "dumb" } }],
] as const) {
  test(`there is no bar ${where}, and not a character more than what is said`, (t) => {
    const { terminal, seen } = busy(setting);
    terminal.print("One.");
    terminal.warn("Two.");
    terminal.giveWay();
    t.deepEqual(seen, ["One.\n", "Two.\n"]);
  });
}
