import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Companies, Place } from "./company.ts";
import { startDaemonProcess, type DaemonProcess } from "./daemon.ts";
import { count, duration, figure, type Figure, type Section } from "./figure.ts";
import { askOnce, type LoadRequest } from "./load.ts";
import type { Options } from "./options.ts";
import { DIRECTORY, personAt, PRODUCT_TOKEN, toPost } from "./people.ts";
import { quantile } from "./statistics.ts";
import { plainKnex } from "./store-floor.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const BOOKINGS = 3;
const SPACING_MS = 100;
const CONNECTIONS = 8;
const PATIENCE_MS = 120_000;
const GOAL_MS = 5_000;
const PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const DEACTIVATE = { schemas: [PATCH], Operations: [{ op: "replace", value: { active: false } }] };

/** Sends requests of one kind, and throws unless the answer is a success. */
type Call = (request: LoadRequest) => Promise<Readonly<Record<string, unknown>>>;

/** Ways to leave: one after the other, all at once, and one after the other while others are being hired. */
const WAYS = 3;

/**
 * Leavers with bookings, from the IdP's push to the written proof: daemon and bundled sandbox in processes of their own, both
 * as people start them.
 */
export async function measureLeavers(companies: Companies, { leavers, queued, profileTo }: Options): Promise<Section> {
  const staff = (WAYS + 1) * leavers;
  const sandbox = await startSandbox(staff + queued);
  // The staff uses up the limit, so that whoever joins afterwards is held.
  const settings = { productUrl: sandbox.url, debounce: "500ms", creations: staff };
  const place = await companies.place("leavers", 0, settings);
  const daemon = await startDaemonProcess(place, profileTo);
  try {
    await daemon.firstRun();
    const ids = await hireEverybody(daemon, place, sandbox.call, leavers);
    const spread = await letGo(daemon, place, ids.slice(0, leavers), SPACING_MS);
    const burst = await letGo(daemon, place, ids.slice(leavers, 2 * leavers), 0);
    const stillOpen = async (): Promise<number> => {
      const { total } = await sandbox.call({ method: "GET", path: "/v1/members?limit=1" });
      return staff + queued - Number(total);
    };
    await push(caller(daemon.url, place.token), staff, queued);
    await approveAll(place);
    await until(async () => (await stillOpen()) < queued);
    const openAtFirst = await stillOpen();
    const amidst = await letGo(daemon, place, ids.slice(2 * leavers), SPACING_MS);
    const openAtLast = await stillOpen();
    await daemon.stop();
    return {
      title: `Leavers with ${BOOKINGS} upcoming bookings each, from the push to the proof (debounce 500 ms)`,
      figures: [
        toFigure(`${leavers} leavers, one every ${SPACING_MS} ms`, spread),
        toFigure(`${leavers} leavers at once`, burst),
        toFigure(`${leavers} leavers, the same, amidst ${count(queued)} creations`, amidst),
      ],
      notes: [
        `The ${count(queued)} creations were held by limits.create, approved, and made by the daemon's full run meanwhile:`,
        `${count(openAtFirst)} were still to be made when the first leaver was pushed, ${count(openAtLast)} when the last one was proved.`,
      ],
    };
  } finally {
    sandbox.stop();
  }
}

/** Approves what the limits hold, as people do; the daemon notices, and makes a full run. */
async function approveAll({ folder, configFile }: Place): Promise<void> {
  const file = join(folder, "plan.json");
  await command(["plan", "--json", "--out", file, "--config", configFile]);
  const { summary } = JSON.parse(await readFile(file, "utf8")) as { readonly summary: { readonly digest: string } };
  await command(["approve", summary.digest, "--reason", "bench", "--config", configFile]);
}

/** Runs `rosterbridge` as people do. Throws unless it ends with 0. */
async function command(args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, ["src/main.ts", ...args], { cwd: ROOT, stdio: ["ignore", "ignore", "pipe"] });
  const said = text(child.stderr);
  const [code] = (await once(child, "exit")) as [number | null];
  if (code !== 0) throw new Error(`rosterbridge ${args[0] ?? ""} ended with ${String(code)}: ${await said}`);
}

function toFigure(what: string, latencies: readonly number[]): Figure {
  const p99 = quantile(latencies, 0.99);
  return figure(what, duration(quantile(latencies, 0.5)), {
    goal: "p99 < 5 s",
    p50: quantile(latencies, 0.5),
    p99,
    ratio: `slowest ${duration(Math.max(...latencies))}`,
    isMet: p99 < GOAL_MS,
  });
}

async function startSandbox(people: number): Promise<{ readonly url: string; readonly call: Call; stop(): void }> {
  const child = spawn(process.execPath, ["src/main.ts", "sandbox", "--port", "0", "--seats", `standard=${people}`], {
    cwd: ROOT,
    env: { ...process.env, SANDBOX_TOKEN: PRODUCT_TOKEN },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const url = /http:\S+/.exec(line)?.[0] ?? "";
  return { url, call: caller(url, PRODUCT_TOKEN), stop: () => void child.kill("SIGKILL") };
}

function caller(url: string, token: string): Call {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return async (request) => {
    const { status, body } = await askOnce({ url, headers }, request);
    if (status >= 300) throw new Error(`${request.method} ${request.path} was answered with ${status}: ${body}`);
    return JSON.parse(body) as Readonly<Record<string, unknown>>;
  };
}

/** Pushes people as an IdP does over several connections. Returns their SCIM ids. */
async function push(bridge: Call, first: number, people: number): Promise<readonly string[]> {
  const ids: string[] = [];
  const todo = Array.from({ length: people }, (_, offset) => first + offset).values();
  const pusher = async (): Promise<void> => {
    for (const index of todo) {
      const user = await bridge({ method: "POST", path: "/scim/v2/Users", body: toPost(personAt(index)) });
      ids[index - first] = String(user["id"]);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, pusher));
  return ids;
}

/**
 * Pushes as many people as leave in all ways together, and as many who stay as leave each time; waits until they have
 * accounts with seats and groups, and books meetings with those who leave. Returns their SCIM ids.
 */
async function hireEverybody(
  daemon: DaemonProcess,
  place: Place,
  product: Call,
  leavers: number,
): Promise<readonly string[]> {
  const people = (WAYS + 1) * leavers;
  const ids = await push(caller(daemon.url, place.token), 0, people);
  const accounts = new Map<string, string>();
  await until(async () => {
    const { items } = await product({ method: "GET", path: "/v1/members?limit=500" });
    const members = (
      items as readonly { id: string; externalRef: string | null; groupIds: readonly string[] }[]
    ).filter(({ groupIds }) => groupIds.length > 0);
    for (const { externalRef, id } of members) accounts.set(externalRef ?? "", id);
    return members.length === people;
  });
  const day = 24 * 60 * 60 * 1_000;
  const leaving = ids.slice(0, WAYS * leavers);
  for (const id of leaving) {
    for (let booking = 1; booking <= BOOKINGS; booking++) {
      const startsAt = Date.now() + booking * day;
      const body = {
        hostId: accounts.get(`${DIRECTORY}/${id}`),
        title: "Intro",
        startsAt: new Date(startsAt).toISOString(),
        endsAt: new Date(startsAt + 1_800_000).toISOString(),
        guests: [{ name: "Petra", email: "petra@guest.example" }],
        seriesId: null,
      };
      await product({ method: "POST", path: "/v1/bookings", body });
    }
  }
  return leaving;
}

/** Pushes `active: false` for each, and waits for their proofs. Returns the latencies that the proofs state; milliseconds. */
async function letGo(
  daemon: DaemonProcess,
  place: Place,
  ids: readonly string[],
  spacingMs: number,
): Promise<readonly number[]> {
  const bridge = caller(daemon.url, place.token);
  const pushes: Promise<unknown>[] = [];
  for (const id of ids) {
    pushes.push(bridge({ method: "PATCH", path: `/scim/v2/Users/${id}`, body: DEACTIVATE }));
    if (spacingMs > 0) await delay(spacingMs);
  }
  await Promise.all(pushes);
  const db = plainKnex(place.storeFile, 1);
  try {
    let proofs: readonly { readonly document: string }[] = [];
    await until(async () => {
      proofs = await db("proofs")
        .whereIn("user_id", [...ids])
        .select<{ document: string }[]>("document");
      return proofs.length >= ids.length;
    });
    return proofs.map(({ document }) => (JSON.parse(document) as { readonly latencyMs: number }).latencyMs);
  } finally {
    await db.destroy();
  }
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 50) {
    if (await isDone()) return;
    await delay(50);
  }
  throw new Error(`The bridge did not get there within ${duration(PATIENCE_MS)}.`);
}
