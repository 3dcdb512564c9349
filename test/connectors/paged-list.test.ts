import test from "ava";
import { createPageWatch, everyItem } from "../../src/connectors/paged-list.ts";
import type { TokenPage } from "../../src/connectors/paged-list.ts";

/** A list of these pages, whose tokens are their numbers. */
function listOf(...pages: readonly (readonly string[])[]) {
  return (token: string | null): Promise<TokenPage<string>> => {
    const at = Number(token ?? 0);
    return Promise.resolve({ items: pages[at] ?? [], next: at + 1 < pages.length ? String(at + 1) : null });
  };
}

test("items come page by page, to the end, and past pages that are empty", async (t) => {
  t.deepEqual(await Array.fromAsync(everyItem("Acme", listOf(["a", "b"], [], ["c"]))), ["a", "b", "c"]);
  t.deepEqual(await Array.fromAsync(everyItem("Acme", listOf([]))), []);
});

test("nothing more is asked for than is taken", async (t) => {
  const asked: (string | null)[] = [];
  const pages = listOf(["a"], ["b"], ["c"]);
  for await (const item of everyItem("Acme", (token) => (asked.push(token), pages(token)))) {
    if (item === "b") break;
  }
  t.deepEqual(asked, [null, "1"]);
});

test("a list that leads in a circle is an error, not the end", async (t) => {
  const circle = (token: string | null): Promise<TokenPage<string>> =>
    Promise.resolve({ items: ["a"], next: token === "1" ? "2" : "1" });
  await t.throwsAsync(Array.fromAsync(everyItem("Acme", circle)), {
    code: "connector.unavailable",
    message: "Acme gave a page of a list twice",
  });
});

test("a list without an end is an error", async (t) => {
  const endless = (token: string | null): Promise<TokenPage<string>> =>
    Promise.resolve({ items: [], next: String(Number(token ?? 0) + 1) });
  await t.throwsAsync(Array.fromAsync(everyItem("Acme", endless)), {
    code: "connector.unavailable",
    message: /no end/,
  });
});

test("as many pages as are allowed may come, and not one more", (t) => {
  const watch = createPageWatch("Acme", 2);
  watch("1");
  watch("2");
  t.throws(() => watch("3"), {
    code: "connector.unavailable",
    message: "Acme gave 2 pages of a list, and no end of it",
  });
});
