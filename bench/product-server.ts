import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "../src/domain/json.ts";
import { answerAddress, childInput } from "./children.ts";
import { DEPARTMENTS, groupIdOf, personAt, toMember } from "./people.ts";

// A product that costs nothing: the sandbox's API over a company in which everybody has their account. Pages are
// rendered before the first request; single members are looked up in memory. Speaks plain `node:http`.

/** How a product is started, and what it counts. */
export interface ProductInput {
  readonly people: number;
}
/** Requests since the last time somebody asked, by what was asked. */
export type ProductCalls = Readonly<Record<"pages" | "groups" | "seats" | "single" | "writes", number>>;

const PAGE = 500;
const NO_CALLS: ProductCalls = { pages: 0, groups: 0, seats: 0, single: 0, writes: 0 };

const { people } = childInput<ProductInput>();
const indexes = new Map<string, number>();
const edits = new Map<number, JsonObject>();
const pages: Buffer[] = [];
for (let start = 0; start < people || pages.length === 0; start += PAGE) {
  const items: JsonObject[] = [];
  for (let index = start; index < Math.min(start + PAGE, people); index++) {
    const person = personAt(index);
    indexes.set(person.account, index).set(person.userName, index);
    items.push(toMember(person));
  }
  const next = start + PAGE < people ? String(pages.length + 1) : null;
  pages.push(Buffer.from(JSON.stringify({ items, nextCursor: next, total: people })));
}
const groups = render(
  list(DEPARTMENTS.map((name) => ({ id: groupIdOf(name), name, createdAt: "2026-01-01T00:00:00.000Z" }))),
);
const seats = render({ pools: [{ id: "standard", total: people + 1_000_000, used: people }] });

let calls: Record<keyof ProductCalls, number> = { ...NO_CALLS };
let times: number[] = [];

function answer(request: IncomingMessage, url: URL, body: string): Buffer | null {
  const [, , what, id] = url.pathname.split("/");
  if (url.pathname === "/calls") {
    const counted = render(calls);
    calls = { ...NO_CALLS };
    return counted;
  }
  if (url.pathname === "/times") {
    const noted = render(times);
    times = [];
    return noted;
  }
  times.push(performance.now());
  if (request.method === "PATCH" && what === "members") return edit(id ?? "", body);
  if (request.method !== "GET") return null;
  if (what === "groups") return counted("groups", groups);
  if (what === "seats") return counted("seats", seats);
  if (what === "bookings") return counted("single", render(list([])));
  if (what !== "members") return null;
  if (id !== undefined) return counted("single", memberOf(id));
  const email = url.searchParams.get("email");
  if (email === null) return counted("pages", pages[Number(url.searchParams.get("cursor") ?? 0)] ?? null);
  const index = indexes.get(email);
  return counted("single", render(list(index === undefined ? [] : [memberAt(index)])));
}

function counted<T>(kind: keyof ProductCalls, result: T): T {
  calls[kind] += 1;
  return result;
}

function edit(id: string, body: string): Buffer | null {
  const index = indexes.get(id);
  if (index === undefined) return null;
  edits.set(index, { ...edits.get(index), ...(JSON.parse(body) as JsonObject) });
  return counted("writes", memberOf(id));
}

function memberOf(id: string): Buffer | null {
  const index = indexes.get(id);
  return index === undefined ? null : render(memberAt(index));
}

function memberAt(index: number): JsonObject {
  return { ...toMember(personAt(index)), ...edits.get(index) };
}

function list(items: readonly JsonObject[]): JsonObject {
  return { items, nextCursor: null, total: items.length };
}

function render(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function send(response: ServerResponse, body: Buffer | null): void {
  const bytes = body ?? render({ error: { code: "not_found", message: "not served by the bench" } });
  response.writeHead(body === null ? 404 : 200, { "content-type": "application/json", "content-length": bytes.length });
  response.end(bytes);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const url = new URL(request.url ?? "/", "http://product");
    send(response, answer(request, url, Buffer.concat(chunks).toString()));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", () => answerAddress(server));
