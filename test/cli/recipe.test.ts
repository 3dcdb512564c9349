import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import type { ExecutionContext } from "ava";
import { tryRecipe } from "../../src/runtime/recipe-trial.ts";
import { anAmbient } from "../support/bridge.ts";
import { documentedRecipe } from "../support/recipe-document.ts";
import { createTestClock } from "../support/test-clock.ts";
import { command, type CommandResult } from "../support/toolbox.ts";
import { NOBODYS_TOKEN, startNobodys, type NobodysTwin } from "../twins/nobodys/twin.ts";

const EMAIL = "rosterbridge-test@acme.example";

/** Runs `recipe test` against Nobody's Scheduler, with one team and one colleague who has a booking. */
async function trial(
  t: ExecutionContext,
  args: readonly string[] = [],
  how: { readonly recipe?: string; readonly token?: string; readonly prepare?: (twin: NobodysTwin) => void } = {},
): Promise<CommandResult & { readonly twin: NobodysTwin }> {
  const folder = mkdtempSync(join(tmpdir(), "recipe-"));
  t.teardown(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "nobodys.json"), how.recipe ?? documentedRecipe());
  const clock = createTestClock();
  const nowMs = (): number => Date.parse(clock.now());
  const twin = await startNobodys(t, nowMs);
  twin.state.teams.set(99, { teamId: 99, title: "Sales", memberIds: new Set([1]) });
  how.prepare?.(twin);
  const run = await command(
    ["recipe", "test", join(folder, "nobodys.json"), "--base-url", twin.url, "--token-env", "TOKEN", ...args],
    {
      tryRecipe: (asked) =>
        tryRecipe(asked, {
          ambient: anAmbient(clock, []),
          environment: { TOKEN: how.token ?? NOBODYS_TOKEN },
          cwd: folder,
          configured: () => null,
        }),
    },
  );
  return { ...run, twin };
}

test("recipe test reads, operation by operation, and writes nothing", async (t) => {
  const { code, out, twin } = await trial(t);
  t.is(code, 0, out);
  for (const operation of ["listAccounts", "getAccount", "findAccount", "listGroups", "listBookings"]) {
    t.regex(out, new RegExp(`^ *${operation} +ok `, "m"));
  }
  t.regex(out, /everything that was tried works\.\n {2}Nothing was written/);
  t.deepEqual(twin.writes(), []);
});

test("recipe test --write changes a test person and says what is left behind", async (t) => {
  const { code, out, twin } = await trial(t, ["--write", "--email", EMAIL]);
  t.is(code, 4, out);
  for (const operation of ["createAccount", "updateAccount", "addToGroup", "removeFromGroup"]) {
    t.regex(out, new RegExp(`^ *${operation} +ok `, "m"));
  }
  t.regex(out, /^ *cancelBooking +warning +It was not tried: the recipe has no createBooking/m);
  t.regex(out, /^ *left behind +FAILED +The account \d+ \(rosterbridge-test@acme\.example\) is left, active\.$/m);
  t.is([...twin.state.members.values()].filter(({ settings }) => settings.email === EMAIL).length, 1);
  t.deepEqual([...(twin.state.teams.get(99)?.memberIds ?? [])], [1]);
});

test("with --allow-delete nothing is left behind", async (t) => {
  const { code, out, twin } = await trial(t, ["--write", "--email", EMAIL, "--allow-delete"]);
  t.is(code, 0, out);
  t.regex(out, /^ *left behind +ok +Nothing is left behind\.$/m);
  t.is(twin.state.members.size, 1);
});

test("an address that somebody has already is left alone", async (t) => {
  const prepare = ({ state }: NobodysTwin): void => {
    const settings = { email: EMAIL, fullName: "Rosterbridge Test", timezone: null };
    state.members.set(7, { memberId: 7, settings, admin: false });
  };
  const { code, out, twin } = await trial(t, ["--write", "--email", EMAIL, "--allow-delete"], { prepare });
  t.is(code, 4);
  t.regex(out, /createAccount +FAILED +There is an account with the address/);
  t.deepEqual(twin.writes(), []);
});

test("what the recipe gets wrong is named, with what to do", async (t) => {
  const recipe = documentedRecipe().replace('"q": "=$email"', '"q": "=$email & \'x\'"');
  const { code, out } = await trial(t, [], { recipe });
  t.is(code, 4);
  t.regex(out, /findAccount +FAILED +An account that is listed is not found by its e-mail\./);
  t.regex(out, /^ {2}findAccount: Check its query\.$/m);
  t.regex(out, /1 of \d+ failed\.$/m);
});

test("refused credentials end with 77, and a recipe with mistakes with 78 before anything is sent", async (t) => {
  const refused = await trial(t, ["--write", "--email", EMAIL], { token: "wrong" });
  t.is(refused.code, 77);
  t.regex(refused.out, /listAccounts +FAILED/);
  t.deepEqual(refused.twin.writes(), []);
  const broken = await trial(t, [], { recipe: documentedRecipe().replace("=$changed.email", "=$chnged.email") });
  t.is(broken.code, 78);
  t.regex(
    broken.errors,
    /updateAccount\.steps\[0\]\.request\.body\.settings\.email: \$chnged stands for nothing here: did you mean \$changed\?/,
  );
  t.deepEqual(broken.twin.calls(), []);
});

for (const [args, message] of [
  [["--write"], /--write and --email belong together/],
  [["--email", "x@y.example"], /--write and --email belong together/],
  [["--write", "--email", "nobody"], /is no address/],
  [["--setting-env", "zone"], /such as username=MY_USERNAME/],
  [["--setting-env", "zone=NOT_THERE"], /NOT_THERE is not set/],
] as const) {
  test(`recipe test ${args.join(" ")} is refused`, async (t) => {
    const { code, errors, twin } = await trial(t, args);
    t.is(code, 64);
    t.regex(errors, message);
    t.deepEqual(twin.calls(), []);
  });
}

test("with --json each line is an object", async (t) => {
  const { out } = await trial(t, ["--json"]);
  const rows = out.split("\n").map((line) => JSON.parse(line) as { readonly subject: string });
  t.is(rows[0]?.subject, "listAccounts");
});
