/** What the sentences of the pages name is there: commands, options, settings, files, addresses, messages, and the aims of links. */
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { faultOfNpm, isTakenBySome } from "./npm.ts";
import { codeIn, headingsOf, linksOf, wordsOf } from "./page.ts";
import { allPages, ROOT } from "./pages.ts";
import { commandNames, faultOf, optionNames } from "./program-check.ts";
import { isSetting, topSettings } from "./setting-names.ts";

const COMMANDS = commandNames();
const OPTIONS = optionNames();
const SETTINGS = topSettings();
const OURS = /^(?:src|test|config|bench|build|docs|migrations)\//;
/** Options of programs that are not ours. */
const FOREIGN = new Set(["--init", "--health-cmd", "--max-semi-space-size"]);
const MARK = /^[✓!✗] /;
const SENTENCE = /^[A-Za-z][\w,'-]*(?: [\w,.'…-]+){3,}$/;
/** What products and providers say, which no file of ours has. */
const OTHERS_SAY = new Set(["eq ne co sw ew pr gt ge lt le"]);
const PRODUCT =
  /\b(?:Cal\.com|Calendly|CalendarBridge|FreeBusy|LinkTime|Chili Piper|LibreBooking|Microsoft Bookings)\b/g;

/** All that the program can say, with `…` for what it puts in. */
const SAID = globSync(["src/**/*.ts", "config/recipes/*.json"], { cwd: ROOT })
  .map((file) => readFileSync(join(ROOT, file), "utf8").replaceAll(/\$\{[^}]*\}/g, "…"))
  .join("\n");

for (const page of allPages()) {
  const code = codeIn(page);

  test(`${page.name}: each link leads somewhere`, (t) => {
    const dead = linksOf(page).filter(({ file, heading }) => {
      if (!existsSync(file)) return true;
      return heading !== null && !headingsOf(readFileSync(file, "utf8")).includes(heading);
    });
    t.deepEqual(dead, []);
  });

  test(`${page.name}: each command and option in its sentences exists`, (t) => {
    t.deepEqual(
      code.map(commandFault).filter((fault) => typeof fault === "string"),
      [],
    );
  });

  test(`${page.name}: each setting and each file that it names exists`, (t) => {
    const dotted = code.filter((one) => /^[a-z]\w*(?:\.[\w<>*]+)+$/i.test(one));
    const settings = dotted.filter((one) => SETTINGS.has(one.split(".")[0] ?? "") && !existsSync(join(ROOT, one)));
    t.deepEqual(
      settings.filter((one) => !isSetting(one)),
      [],
    );
    t.deepEqual(
      code.filter((one) => OURS.test(one) && !existsSync(join(ROOT, one))),
      [],
    );
    t.deepEqual(
      code.filter((one) => one.startsWith("ROSTERBRIDGE_") && !SAID.includes(one)),
      [],
    );
  });

  test(`${page.name}: each message that it quotes is one that the program has`, (t) => {
    const quoted = code.filter((one) => MARK.test(one) || (SENTENCE.test(one) && commandFault(one) === undefined));
    t.deepEqual(
      quoted.filter((one) => !OTHERS_SAY.has(one) && !isSaid(one)),
      [],
    );
  });
}

/** What is wrong with a command in a sentence; null when nothing is; undefined when it is no command. */
function commandFault(code: string): string | null | undefined {
  if (code.startsWith('"')) return undefined;
  const [first = "", ...rest] = wordsOf(code.replace(/ > \S+$/, ""));
  const told = (fault: string | null): string | null => (fault === null ? null : `${code}: ${fault}`);
  if (first === "rosterbridge") return told(faultOf(rest));
  if (first === "npm") return told(faultOfNpm(rest));
  // "-- --seed N": what follows `npm run simulate` of the sentence.
  if (first === "--")
    return isTakenBySome(["simulate", "bench", "demo"], asNumbers(rest)) ? null : told("nobody takes this");
  if (first.startsWith("--")) {
    const [name = first] = first.split("=");
    return OPTIONS.has(name) || FOREIGN.has(name) ? null : told("no command has this option");
  }
  return COMMANDS.has(first) && rest.length > 0 ? told(faultOf([first, ...rest])) : undefined;
}

function asNumbers(words: readonly string[]): readonly string[] {
  return words.map((word) => (word === "N" ? "1" : word));
}

/** The subject of a finding is there, and what stands between names of products, numbers and `…`. */
function isSaid(quoted: string): boolean {
  const pieces = quoted
    .replace(MARK, "")
    .split(/: |…|\d+/)
    .flatMap((piece) => piece.split(PRODUCT));
  return pieces.every((piece) => isComposed(piece.trim().split(" ")));
}

/** Messages put sentences together from parts: few parts that are as long as can be must make the whole. */
function isComposed(words: readonly string[]): boolean {
  let left = words;
  for (let parts = 0; parts < 1 + Math.ceil(words.length / 3); parts += 1) {
    let length = left.length;
    while (length > 0 && !SAID.includes(left.slice(0, length).join(" "))) length -= 1;
    left = left.slice(length);
    if (left.length === 0) return true;
  }
  return false;
}
