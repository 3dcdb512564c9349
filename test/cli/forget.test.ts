import test, { type ExecutionContext } from "ava";
import { hire, openTestBridge, patch, runFull, type TestBridge } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

const ANA = "ana@acme.example";

async function anaLeft(t: ExecutionContext): Promise<{ readonly bridge: TestBridge; readonly id: string }> {
  const bridge = await openTestBridge(t);
  const { id } = await hire(bridge, ANA, { department: "Sales", displayName: "Ana \u001b[31mLi" });
  await hire(bridge, "bo@acme.example", { department: "Sales", title: "works with ana@acme.example" });
  await runFull(bridge);
  await patch(bridge, id, { active: false });
  await runFull(bridge);
  return { bridge, id };
}

const FORGET = ["forget", ANA, "--reason", "request 4711"];

test("nobody is forgotten without being asked about, and where nobody can be asked --yes is needed", async (t) => {
  const { bridge, id } = await anaLeft(t);
  const declined = await command(FORGET, { bridge, answers: [false] });
  t.deepEqual([declined.code, declined.out, declined.questions], [0, "Nothing was erased.", ["Erase it?"]]);
  t.true(declined.errors.includes(`who ${ANA} (${id}) was`), declined.errors);
  const unasked = await command(FORGET, { bridge });
  t.is(unasked.code, 64);
  t.regex(unasked.errors, /say --yes to erase/);
  t.is((await command(["explain", ANA], { bridge })).code, 0, "everything is still there");
  const json = await command([...FORGET, "--json"], { bridge, answers: [false] });
  t.like(JSON.parse(json.out), { forgotten: false });
});

test("whoever is forgotten is told of by id alone, and what is not erased is named", async (t) => {
  const { bridge, id } = await anaLeft(t);
  const { code, out } = await command([...FORGET, "--yes"], { bridge });
  t.is(code, 0);
  t.true(out.startsWith(`Erased. What is left is found by the id ${id}: \`rosterbridge explain ${id}\``), out);
  t.regex(out, /backups that were made before/);
  t.regex(out, /1 other person whose attributes name them/);
  t.false(out.includes(ANA));

  t.is((await command(["explain", ANA], { bridge })).code, 1);
  const explained = await command(["explain", id], { bridge });
  t.is(explained.code, 0);
  t.regex(explained.out, /The personal data were erased on .*: ids, times and kinds of changes are left\./);
  t.regex(explained.out, /person\.forgotten: "request 4711"/);
  t.regex(explained.out, /create the account \[erased\]: done/);
  const proof = await command(["proof", id], { bridge });
  t.is(proof.code, 0);
  t.regex(proof.out, /the proof is as it was written/);
  const verified = await command(["audit", "verify"], { bridge });
  t.is(verified.code, 0);
  // What the product says now is the product's own.
  const kept = explained.out.replace(`product      ${ANA}`, "");
  for (const shown of [kept, proof.out, verified.out]) t.notRegex(shown, /ana@acme|Ana|31m/);
});

test("the answer as JSON names ids and counts, and a refusal says what to do first", async (t) => {
  const { bridge, id } = await anaLeft(t);
  const { code, errors } = await command(["forget", "bo@acme.example", "-r", "x", "-y"], { bridge });
  t.is(code, 1);
  t.regex(errors, /still active in directory acme: deactivate or delete them in the identity provider first/);
  t.is((await command(["forget", "nobody", "-r", "x", "-y"], { bridge })).code, 1);
  t.is((await command(["forget", ANA, "-y"], { bridge })).code, 64, "a reason is needed");
  const done = await command([...FORGET, "-y", "--json"], { bridge });
  t.like(JSON.parse(done.out), {
    forgotten: true,
    user: id,
    earlier: [],
    scrubbed: true,
    stillNamed: { mappingVersions: [], people: 1 },
  });
  const again = await command(["forget", id, "-r", "x", "-y"], { bridge });
  t.is(again.code, 1);
  t.regex(again.errors, /were erased on .*: nothing is left to erase/);
});
