import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { command } from "../support/toolbox.ts";

test("sandbox serves until it is stopped, and prints a token when none was set", async (t) => {
  const stop = new AbortController();
  const printed: string[] = [];
  const running = command(["sandbox", "--port", "0", "--seats", "standard=2", "--seats", "premium=1"], {
    interrupted: stop.signal,
    onPrint: (line) => void printed.push(line),
  });
  while (printed.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  const url = /http:\/\/\S+/.exec(printed[0] ?? "")?.[0] ?? "";
  const token = /SANDBOX_TOKEN=(\S+)/.exec(printed[1] ?? "")?.[1] ?? "";
  const answer = await fetch(`${url}/v1/seats`, { headers: { authorization: `Bearer ${token}` } });
  t.like(await answer.json(), {
    pools: [
      { id: "standard", total: 2 },
      { id: "premium", total: 1 },
    ],
  });
  stop.abort();
  t.is((await running).code, 0);
  await t.throwsAsync(fetch(`${url}/v1/seats`));
});

test("a seed that is none is explained, problem by problem", async (t) => {
  const folder = await mkdtemp(join(tmpdir(), "seed-"));
  t.teardown(() => rm(folder, { recursive: true }));
  const file = join(folder, "seed.json");
  await writeFile(file, '{"members": [{"email": 7}]}');
  const { code, errors } = await command(["sandbox", "--port", "0", "--seed", file]);
  t.is(code, 64);
  t.true(errors.startsWith(`rosterbridge: ${file} cannot be planted:\n  members`), errors);
});
