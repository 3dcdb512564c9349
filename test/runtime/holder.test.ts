import { spawn } from "node:child_process";
import { once } from "node:events";
import { hostname } from "node:os";
import test from "ava";
import { createHolder } from "../../src/runtime/holder.ts";

test("a holder is named by host, process and chance", (t) => {
  const [host, pid, nonce] = createHolder().name.split("/");
  t.is(host, hostname());
  t.is(Number(pid), process.pid);
  t.not(nonce, createHolder().name.split("/")[2]);
});

test("a process that runs is not dead, and one that has ended is", async (t) => {
  const holder = createHolder();
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  await once(child, "spawn");
  const name = `${hostname()}/${child.pid}/x`;
  t.false(holder.isDead(name));
  child.kill("SIGKILL");
  await once(child, "exit");
  t.true(holder.isDead(name));
});

test("the same process number with another chance is a process that was replaced", (t) => {
  const holder = createHolder();
  t.false(holder.isDead(holder.name));
  t.true(holder.isDead(`${hostname()}/${process.pid}/other`));
});

test("nothing is certain about other hosts, nor about what is no holder", (t) => {
  const holder = createHolder();
  for (const name of [
    `elsewhere/${process.pid}/x`,
    "elsewhere/999999999/x",
    "",
    "x",
    `${hostname()}/abc/x`,
    `${hostname()}/-1/x`,
    `${hostname()}/0/x`,
  ]) {
    t.false(holder.isDead(name), name);
  }
});

test("a process of another user runs", (t) => {
  t.false(createHolder().isDead(`${hostname()}/1/x`));
});
