import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { readRecipe, shippedRecipes } from "../../src/runtime/recipes.ts";
import { folderWith } from "../support/config-files.ts";

test("a bare name is a recipe that is shipped, whatever stands in the folder of the configuration", (t) => {
  const [name = ""] = shippedRecipes();
  t.not(name, "", "recipes are shipped");
  const folder = folderWith(t, { [name]: "not this", [`${name}.json`]: "nor this" });
  t.notThrows(() => void JSON.parse(readRecipe(name, join(folder, "sync.config.json"))));
});

test("every recipe that is shipped can be read, and is JSON", (t) => {
  for (const name of shippedRecipes()) t.is(typeof JSON.parse(readRecipe(name, "/nowhere/sync.config.json")), "object");
});

test("anything else is a file, from the folder of the configuration", (t) => {
  const folder = folderWith(t, { "mine.json": "\uFEFF{}" });
  mkdirSync(join(folder, "recipes"));
  const config = join(folder, "sync.config.json");
  for (const name of ["./mine.json", "mine.json", "recipes/../mine.json", join(folder, "mine.json")]) {
    t.is(readRecipe(name, config), "{}", name);
  }
});

const refused: readonly (readonly [title: string, name: string, message: RegExp])[] = [
  ["a name that is nearly one", "linktme", /^no recipe of the name "linktme" is shipped: did you mean "linktime"\? /],
  ["a name that is like none", "my-product", /^no recipe .*: there are .*linktime.* such as "\.\/my-product\.json"\.$/],
  ["a file that is not there", "./mine.json", /^the recipe file \.\/mine\.json cannot be read: there is no such file$/],
  ["a folder", "./folder", /cannot be read: it is not a file$/],
  ["a device", "./device", /cannot be read: it is not a file$/],
  ["a file that is larger than any recipe", "./large.json", /cannot be read: it has more than the 256 KiB /],
];

for (const [title, name, message] of refused) {
  test(`refused: ${title}`, (t) => {
    const folder = folderWith(t, { "large.json": " ".repeat(256 * 1024 + 1) });
    mkdirSync(join(folder, "folder"));
    symlinkSync("/dev/zero", join(folder, "device"));
    t.throws(() => readRecipe(name, join(folder, "sync.config.json")), { message });
  });
}
