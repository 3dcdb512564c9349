import test from "ava";
import { compileExpression, ExpressionError } from "../../../src/connectors/recipe/expression.ts";
import type { Scope } from "../../../src/connectors/recipe/expression.ts";
import { FUNCTION_NAMES, recipeFunctions } from "../../../src/connectors/recipe/functions.ts";
import { createManualClock } from "../../support/manual-clock.ts";

const functions = recipeFunctions(createManualClock("2026-01-05T10:00:00.000Z"), () => "0a-1b");

function compile(text: string, names: readonly string[] = [], hasAnswer = true) {
  return compileExpression(text, { names: new Set([...FUNCTION_NAMES, ...names]), hasAnswer });
}

async function run(text: string, input: unknown, scope: Scope = {}): Promise<unknown> {
  const compiled = compile(text, Object.keys(scope));
  if ("problems" in compiled) throw new Error(compiled.problems.join());
  return compiled.program.run(input, { ...functions, ...scope });
}

for (const [text, input, answer] of [
  ["=$", [{ id: 1 }], [{ id: 1 }]],
  ["=users", { users: [] }, []],
  ["=users", {}, undefined],
  ["=users.id", { users: [{ id: 1 }, { id: 2 }] }, [1, 2]],
  ["=`@odata.nextLink`", { "@odata.nextLink": "x" }, "x"],
  ["={'a': nope, 'b': null}", {}, { b: null }],
  ["=$lastSegment(uri)", { uri: "/Web/Services/index.php/Users/4?x=1" }, "4"],
  ["=paths.$lastSegment($)", { paths: ["/a/1", "/a/2/"] }, ["1", "2"]],
  ["=$lower(name)", { name: "ÅSA" }, "åsa"],
  ["=$lower(name)", { name: 7 }, undefined],
  ["=$iso(at)", { at: "2026-01-05T10:30:00+0100" }, "2026-01-05T09:30:00.000Z"],
  ["=$iso(at)", { at: 1_767_609_000 }, "2026-01-05T10:30:00.000Z"],
  ["=$iso(at)", { at: "2026-01-05 10:30" }, undefined],
  ["=$plus($now(), '7d')", {}, "2026-01-12T10:00:00.000Z"],
  ["=$plus($now(), '-30m')", {}, "2026-01-05T09:30:00.000Z"],
  ["=$plus($now(), 'soon')", {}, undefined],
  ["=$splitName('Ana B  Lima')", {}, { first: "Ana B", last: "Lima" }],
  ["=$splitName('Ana')", {}, { first: "Ana" }],
  ["=$randomPassword()", {}, "Aa1!0a1b0a1b"],
  ["=__proto__", { a: 1 }, undefined],
] as const) {
  test(`${text} of ${JSON.stringify(input)}`, async (t) => {
    t.deepEqual(await run(text, input), answer);
  });
}

for (const [text, problem] of [
  ["=$profil.email", /\$profil stands for nothing here: did you mean \$profile\?/],
  ["=$map($profile, function($p) { $q })", /\$q stands for nothing/],
  ["=email", /email would be read from an answer, and there is none yet: did you mean \$email/],
  ["={'a': [email]}", /email would be read from an answer/],
  ["=$lower(email)", /email would be read from an answer/],
  ["=$", /\$ stands for the answer/],
  ["=$eval('1')", /\$eval stands for nothing/],
  ["=$random()", /\$random stands for nothing/],
  ["=(", /is not JSONata/],
] as const) {
  test(`in a request, ${text} is a mistake`, (t) => {
    const compiled = compile(text, ["profile", "email"], false);
    t.regex("problems" in compiled ? compiled.problems.join() : "none", problem);
  });
}

for (const text of [
  "=$profile.email",
  "=$profile.(email & name)",
  "=$list[id = 3].name",
  "=$map($list, function($one, $i) { $one.id & $i & id })",
  "=($x := $profile.email; $x & 'y')",
  "=$list#$at.{'at': $at}",
  "=$exists($profile.timezone) ? $profile.timezone : 'UTC'",
  "=$list ~> $map($string)",
]) {
  test(`in a request, ${text} is right`, (t) => {
    const compiled = compile(text, ["profile", "list"], false);
    t.deepEqual("problems" in compiled ? compiled.problems : [], []);
  });
}

test("an expression that was kept waiting by something else is worked out again, once", async (t) => {
  const cell = new Int32Array(new SharedArrayBuffer(4));
  let stalls = 1;
  const stall = (): number => {
    if (stalls-- > 0) Atomics.wait(cell, 0, 0, 1_100);
    return 1;
  };
  t.is(await run("=$stall() + 1", {}, { stall }), 2);
  stalls = 2;
  await t.throwsAsync(run("=$stall() + 1", {}, { stall }), { instanceOf: ExpressionError });
});

test("an expression without end is stopped, and its failure names only a code", async (t) => {
  const endless = run("=($f := function($n) { $f($n + 1) }; $f(1))", {});
  t.is((await t.throwsAsync(endless, { instanceOf: ExpressionError }))?.code, "D1012");
  const odd = await t.throwsAsync(run("=$uppercase(secret)", { secret: 42 }), { instanceOf: ExpressionError });
  t.is(odd?.message, "the expression failed (T0410)");
});
