/** `doctor` as a process: with a daemon beside it, and when nothing works. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import test from "ava";
import { bridgeFolder, bridgeSettings } from "../support/bridge-process.ts";
import { runCommand } from "../support/command-process.ts";
import { startLiveSandbox } from "../support/live-sandbox.ts";
import { startProductBridge } from "../support/product-bridge.ts";
import { SANDBOX_TOKEN } from "../support/sandbox.ts";

interface Told {
  readonly verdict: string;
  readonly findings: readonly {
    readonly area: string;
    readonly subject: string;
    readonly verdict: string;
    readonly detail: string;
  }[];
  readonly product: { readonly name: string; readonly abilities: readonly unknown[] } | null;
}

const short = ({ findings }: Told) => findings.map(({ area, subject, verdict }) => `${area}: ${subject}: ${verdict}`);

test("beside a running daemon, everything is looked at, and nothing is written to the product", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const server = { host: "127.0.0.1", port: 0, publicUrl: "https://sync.acme.example" };
  const { folder } = await startProductBridge(
    t,
    { connector: "sandbox", baseUrl: sandbox.url, token: SANDBOX_TOKEN },
    { overrides: { server } },
  );
  const writes = sandbox.ledger.rows().length;
  const { code, output, errors } = await runCommand(t, ["doctor", "--json"], { folder });
  t.is(errors, "");
  t.is(code, 0);
  const told = JSON.parse(output) as Told;
  t.is(told.verdict, "good");
  t.deepEqual(short(told), [
    "configuration: settings: good",
    "configuration: public address: good",
    "store: database: good",
    "store: integrity: good",
    "store: disk: good",
    "tokens: token of acme: good",
    "clock: clock: good",
    "product: credentials: good",
    "product: seats: good",
    "mapping: fields: good",
  ]);
  t.is(told.product?.name, "sandbox");
  t.is(told.product?.abilities.length, 12);
  t.is(sandbox.ledger.rows().length, writes);
  const people = await runCommand(t, ["doctor"], { folder });
  t.regex(people.output, /^Configuration\n {2}✓ settings: /);
  t.regex(people.output, /\nWhat the sandbox can do\n/);
  t.regex(people.output, /\n {2}hand over +yes\n/);
  t.regex(people.output, /\nAll is well\.\n$/);
});

test("refused credentials, no product, and no usable configuration have exit codes of their own", async (t) => {
  const sandbox = await startLiveSandbox(t);
  const folder = bridgeFolder(t, bridgeSettings(sandbox.url));
  const run = async (product: object) => {
    folder.configure({ ...bridgeSettings(sandbox.url), product: { connector: "sandbox", ...product } });
    const { code, output, errors } = await runCommand(t, ["doctor", "--json"], { folder });
    t.notRegex(output + errors, /s3cret/);
    return { code, told: JSON.parse(output) as Told };
  };
  const refused = await run({ baseUrl: sandbox.url, token: "s3cret" });
  t.is(refused.code, 77);
  t.true(short(refused.told).includes("product: credentials: bad"));
  t.true(short(refused.told).includes("store: database: warning"), "there is none yet, and none is made");
  const away = await run({ baseUrl: "http://127.0.0.1:1", token: "s3cret" });
  t.is(away.code, 69);
  t.true(short(away.told).includes("product: connection: bad"));
  const wrong = await run({ baseUrl: "http://127.0.0.1:1", token: { env: "NOT_THERE" } });
  t.is(wrong.code, 78);
  t.deepEqual(short(wrong.told), ["configuration: settings: bad"]);
  t.is(wrong.told.product, null);
  const typo = await run({ baseUrl: "http://127.0.0.1:1", token: "s3cret", seets: {} });
  t.regex(typo.told.findings[0]?.detail ?? "", /^product: unknown key "seets": did you mean "seats"\?$/);
});

test("a database that is none, and a product that is away, are both told", async (t) => {
  const folder = bridgeFolder(t, bridgeSettings("http://127.0.0.1:1"));
  mkdirSync(dirname(folder.database), { recursive: true });
  writeFileSync(folder.database, "this is no database, and long enough to be read as one".repeat(100));
  const { code, output } = await runCommand(t, ["doctor", "--json"], { folder });
  const told = JSON.parse(output) as Told;
  t.true(short(told).includes("store: database: bad"));
  t.true(short(told).includes("product: connection: bad"));
  t.is(code, 69);
});
