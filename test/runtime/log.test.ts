import { Writable } from "node:stream";
import test from "ava";
import { ConnectorError, StoreUnavailableError } from "../../src/domain/errors.ts";
import { createLog, type LogLevel } from "../../src/runtime/log.ts";
import type { Log } from "../../src/ports/ambient.ts";

type Line = Readonly<Record<string, unknown>> & {
  readonly error?: Line;
  readonly cause?: Line;
  readonly at?: readonly string[];
};

function logged(work: (log: Log) => void, level: LogLevel = "debug"): readonly Line[] {
  const chunks: string[] = [];
  const stream = new Writable({ write: (chunk, _, done) => (chunks.push(String(chunk)), done()) });
  work(createLog(level, stream));
  return chunks
    .join("")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);
}

test("a line is JSON with time, level, event and fields, and nothing of the machine", (t) => {
  const [line] = logged((log) => log.info("plan.computed", { digest: "7f3a", people: 3, none: undefined }));
  t.regex(String(line?.["time"]), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  t.deepEqual({ ...line, time: "" }, { level: "info", time: "", digest: "7f3a", people: 3, event: "plan.computed" });
});

test("the level decides what is written", (t) => {
  const write = (log: Log): void => {
    log.debug("a.b");
    log.info("a.b");
    log.warn("a.b");
    log.error("a.b");
  };
  for (const [level, count] of [
    ["debug", 4],
    ["info", 3],
    ["warn", 2],
    ["error", 1],
    ["silent", 0],
  ] as const) {
    t.is(logged(write, level).length, count, level);
  }
});

test("an error that is not ours is named, and its message is not", (t) => {
  const secret = "insert into users values ('ana@acme.example')";
  for (const error of [
    new Error(secret),
    new TypeError(secret),
    Object.assign(new Error(secret), { code: "SQLITE_CONSTRAINT", sql: secret, bindings: [secret] }),
    new Error("outer", { cause: new Error(secret) }),
    new StoreUnavailableError("mend the disk", { cause: new Error(secret) }),
    new AggregateError([new Error(secret)], secret),
  ]) {
    const [line] = logged((log) => log.error("run.failed", {}, error));
    t.false(JSON.stringify(line).includes("ana@"), error.name);
    t.true((line?.error?.at?.length ?? 0) > 0, "the place is there");
  }
});

test("a message whose lines look like places is not taken for one", (t) => {
  const message = "duplicate:\n    at ana (file:///home/ana@acme.example:1:1)\nat /home/ana@acme.example\nat ana";
  const [line] = logged((log) => log.error("run.failed", {}, new Error(message)));
  t.false(JSON.stringify(line).includes("ana"));
  const changed = new Error("short");
  changed.stack = `Error: ana@acme.example\nat ana@acme.example\n    at run (file:///app/run.ts:1:2)`;
  const [other] = logged((log) => log.error("run.failed", {}, changed));
  t.deepEqual(other?.error?.at, ["at run (file:///app/run.ts:1:2)"]);
});

test("a product's fault is told in the words of its connector, with its code", (t) => {
  const fault = new ConnectorError("unavailable", "sandbox did not answer GET /v1/members: ECONNREFUSED");
  const [line] = logged((log) => log.warn("run.failed", { lane: "full" }, fault));
  t.like(line, {
    level: "warn",
    lane: "full",
    error: { name: "ConnectorError", code: "connector.unavailable", message: fault.message },
  });
});

test("a cause is described as its error is; what is no error is called that", (t) => {
  const [line] = logged((log) => log.error("a.b", {}, new Error("x", { cause: new TypeError("y") })));
  t.is(line?.error?.cause?.["name"], "TypeError");
  const [other] = logged((log) => log.error("a.b", {}, "ana@acme.example"));
  t.deepEqual(other?.error, { name: "not an Error" });
});
