import test from "ava";
import { openTestBridge } from "../support/bridge.ts";
import { command } from "../support/toolbox.ts";

const TOKEN = /^rb_[0-9a-f]{10}_[\w-]{43}_[0-9a-f]{8}$/;

test("rotate shows the successor once, ends the old token at once, and the list says who replaced whom", async (t) => {
  const bridge = await openTestBridge(t);
  const old = (await command(["token", "create", "--directory", "acme"], { bridge })).out;
  const id = old.split("_")[1]!;
  const { code, out, errors } = await command(["token", "rotate", id], { bridge });
  t.is(code, 0);
  t.regex(out, TOKEN);
  t.regex(errors, new RegExp(`The old one, ${id}, is good no more\\.$`));
  const { tokens } = bridge.services();
  await t.throwsAsync(tokens.authenticate(old), { code: "auth.unauthenticated" });
  t.like(await tokens.authenticate(out), { scope: "scim", directory: "acme" });
  const list = await command(["token", "list"], { bridge });
  t.regex(list.out, new RegExp(`${id} .*revoked, replaced by ${out.split("_")[1]} +never`));
  const again = await command(["token", "rotate", id], { bridge });
  t.is(again.code, 1);
  t.regex(again.errors, /was revoked: make another one/);
});

test("rotate with an overlap leaves both good until it is over, and tells programs the same", async (t) => {
  const bridge = await openTestBridge(t);
  const old = (await command(["token", "create", "--scope", "metrics", "--expires", "90d"], { bridge })).out;
  const id = old.split("_")[1]!;
  const { out } = await command(["token", "rotate", id, "--overlap", "1h", "--expires", "30d", "--json"], { bridge });
  const made = JSON.parse(out) as { readonly token: string; readonly id: string };
  const { tokens } = bridge.services();
  const [first, second] = await tokens.list();
  t.like(made, { scope: "metrics", directory: null, replaces: { id, endsAt: first?.expiresAt ?? null } });
  t.is(second?.id, made.id);
  t.is((await tokens.authenticate(old)).token, id);
  bridge.clock.advance(3_600_000);
  await t.throwsAsync(tokens.authenticate(old));
  t.is((await tokens.authenticate(made.token)).token, made.id);
});

test("several tokens of one directory are good beside each other", async (t) => {
  const bridge = await openTestBridge(t);
  const made = [];
  for (let n = 0; n < 3; n += 1) made.push((await command(["token", "create", "-d", "acme"], { bridge })).out);
  await command(["token", "revoke", made[1]!.split("_")[1]!], { bridge });
  const { tokens } = bridge.services();
  t.like(await tokens.authenticate(made[0]), { directory: "acme" });
  t.like(await tokens.authenticate(made[2]), { directory: "acme" });
  await t.throwsAsync(tokens.authenticate(made[1]));
});

for (const [title, args, code, message] of [
  ["that is not there", ["0000000000"], 1, /There is no token with the id 0000000000/],
  ["with no overlap to speak of", ["0000000000", "--overlap", "0h"], 64, /--overlap 0h is no time/],
  ["with a wrong overlap", ["0000000000", "--overlap", "an hour"], 64, /--overlap an hour is no time/],
  ["with a wrong expiry", ["0000000000", "--expires", "-1d"], 64, /--expires -1d is no time/],
  ["without saying which", [], 64, /missing required argument 'id'/],
] as const) {
  test(`a token ${title} is not rotated`, async (t) => {
    const bridge = await openTestBridge(t);
    const result = await command(["token", "rotate", ...args], { bridge });
    t.is(result.code, code);
    t.regex(result.errors, message);
    t.deepEqual(await bridge.services().tokens.list(), []);
  });
}
