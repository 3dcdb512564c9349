import test from "ava";
import { mayRunAway } from "../../src/lib/runaway-pattern.ts";

for (const source of [
  "(a+)+$",
  "(?:a*)*b",
  "^(?:a|aa)+$",
  "(?<word>\\w+\\s?)*$",
  "((a?){2,})x",
  "(?:[a-z]+,){20}",
  "x(?:(?:ab|a)b?)*y",
  "(a{1,3})+",
  "(?:\\(a+\\))*?",
]) {
  test(`${source} may run away`, (t) => {
    new RegExp(source, "u");
    t.true(mayRunAway(source));
  });
}

for (const source of [
  "",
  "[\\w-]{1,128}",
  "already registered",
  "over capacity|seat|allotted",
  "licen[cs]e|seat",
  "(maximum|limit).*staff|staff.*(maximum|limit)",
  "Z$",
  "(?:ab)+c*",
  "(?:\\d{2}:)+x",
  "(?:[(+*|)]x)+",
  "(?:\\(\\+\\|)+",
  "(a+)?b",
  "(?=a+)b(?!c|d)",
  "(?<=a|b)c+?d*?",
]) {
  test(`${JSON.stringify(source)} may not`, (t) => {
    new RegExp(source, "u");
    t.false(mayRunAway(source));
  });
}
