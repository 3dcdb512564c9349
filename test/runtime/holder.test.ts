import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import test from "ava";
import { createHolder, type Surroundings } from "../../src/runtime/holder.ts";

/** A place in which these processes run, each since its own time. */
function aPlace(parts: Partial<Surroundings> = {}, running: ReadonlyMap<number, string> = new Map()): Surroundings {
  return {
    host: "bridge",
    place: "boot:1",
    startOf: (pid) => running.get(pid) ?? null,
    isRunning: (pid) => running.has(pid),
    ...parts,
  };
}

test("a holder is named by host, place, process, its start and chance", (t) => {
  const [host, place, pid, start, nonce] = createHolder().name.split("/");
  t.is(host, hostname());
  t.is(Number(pid), process.pid);
  t.not(nonce, createHolder().name.split("/")[4]);
  if (process.platform === "linux") t.regex(`${place} ${start}`, /^[\w-]{36}:\d+ \d+$/);
});

test("a process that runs is not dead, and one that has ended is", async (t) => {
  const holder = createHolder();
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(child, "spawn");
  const [host, place] = holder.name.split("/");
  const name = `${host}/${place}/${child.pid}/-/x`;
  t.false(holder.isDead(name));
  t.is(holder.isDead(`${host}/${place}/${child.pid}/1/x`), place !== "-", "another process had its number before");
  child.kill("SIGKILL");
  await once(child, "exit");
  t.is(holder.isDead(name), place !== "-");
});

test("the same process number in the same place with another chance is a process that was replaced", (t) => {
  const holder = createHolder(aPlace());
  t.false(holder.isDead(holder.name));
  t.true(holder.isDead(`bridge/boot:1/${process.pid}/-/other`));
});

test("two containers of one host name, each with a process of this number, do not take each other for dead", (t) => {
  const one = createHolder(aPlace({ place: "boot:1" }));
  const other = createHolder(aPlace({ place: "boot:2" }));
  t.false(one.isDead(other.name));
  t.false(other.isDead(one.name));
  t.false(createHolder(aPlace({ place: "another-boot:1" })).isDead(one.name), "nor after the machine was started anew");
});

test("a number that another process has by now is that of a dead one", (t) => {
  const holder = createHolder(aPlace({}, new Map([[77, "500"]])));
  t.false(holder.isDead("bridge/boot:1/77/500/x"));
  t.true(holder.isDead("bridge/boot:1/77/400/x"));
  t.false(holder.isDead("bridge/boot:1/77/-/x"));
  t.true(holder.isDead("bridge/boot:1/78/500/x"));
});

test("where the system does not say which place it is, nobody is dead before the lease has expired", (t) => {
  const holder = createHolder(aPlace({ place: null }));
  for (const pid of [1, 78, process.pid]) t.false(holder.isDead(`bridge/-/${pid}/-/x`));
});

test("nothing is certain about other hosts, nor about what is no holder", (t) => {
  const holder = createHolder(aPlace());
  for (const name of [
    `elsewhere/boot:1/${process.pid}/-/x`,
    "elsewhere/boot:1/999999999/-/x",
    "",
    "x",
    `bridge/${process.pid}/x`,
    "bridge/boot:1/abc/-/x",
    "bridge/boot:1/-1/-/x",
    "bridge/boot:1/0/-/x",
  ]) {
    t.false(holder.isDead(name), name);
  }
});
