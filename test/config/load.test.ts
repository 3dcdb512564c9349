import { join } from "node:path";
import test from "ava";
import { folderWith, load, problemsOf, smallest } from "../support/config-files.ts";

test("--config goes before ROSTERBRIDGE_CONFIG, and both before ./sync.config.json", (t) => {
  const cwd = folderWith(t, { "a.json": smallest, "b.json": smallest, "sync.config.json": smallest });
  const environment = { ROSTERBRIDGE_CONFIG: "b.json" };
  t.is(load({ cwd, environment, path: "a.json" }).file, join(cwd, "a.json"));
  t.is(load({ cwd, environment }).file, join(cwd, "b.json"));
  t.is(load({ cwd }).file, join(cwd, "sync.config.json"));
  t.is(load({ cwd, environment: { ROSTERBRIDGE_CONFIG: "" } }).file, join(cwd, "sync.config.json"));
});

test("without a configuration the error says how to begin", (t) => {
  const problems = problemsOf({ cwd: folderWith(t, {}) });
  t.is(problems.length, 1);
  t.regex(
    problems[0]?.message ?? "",
    /no such file \(the default place\); to begin: rosterbridge init, or name another/,
  );
});

test("a file that was named and is not there is told by who named it", (t) => {
  const cwd = folderWith(t, {});
  t.regex(problemsOf({ cwd, path: "x.json" })[0]?.message ?? "", /given by --config/);
  t.regex(
    problemsOf({ cwd, environment: { ROSTERBRIDGE_CONFIG: "x.json" } })[0]?.message ?? "",
    /given by ROSTERBRIDGE_CONFIG/,
  );
});

test("a folder in place of the file cannot be read", (t) => {
  t.deepEqual(problemsOf({ cwd: folderWith(t, {}), path: "." }), [
    { path: "", message: "the file cannot be read (EISDIR)" },
  ]);
});

test("broken JSON is told with line and column", (t) => {
  const cwd = folderWith(t, { "sync.config.json": '{\n  "mode": "full",\n  // why\n}' });
  t.deepEqual(problemsOf({ cwd }), [
    { path: "", message: "not JSON at line 3, column 3: comments are not JSON: remove them" },
  ]);
});

test("a byte order mark is no fault", (t) => {
  const cwd = folderWith(t, { "sync.config.json": `\uFEFF${JSON.stringify(smallest)}` });
  t.deepEqual(problemsOf({ cwd }), []);
});

for (const text of ["[]", "null", '"full"', "1"]) {
  test(`${text} is JSON but no configuration`, (t) => {
    const problems = problemsOf({ cwd: folderWith(t, { "sync.config.json": text }) });
    t.is(problems.length, 1);
    t.regex(problems[0]?.message ?? "", /^must be an object, not /);
  });
}

test("every problem is listed at once, whichever stage finds it", (t) => {
  const cwd = folderWith(t, {
    "sync.config.json": {
      ...smallest,
      directories: [
        { id: "acme", verifedDomains: ["acme.example"] },
        { id: "acme", verifiedDomains: ["*"], kind: "octa" },
      ],
      product: { connector: "toy", token: { env: "MISSING" } },
      server: { port: 70_000 },
      mapping: { initial: { groups: { rules: [{ when: "title co", group: "Managers" }] } } },
      limits: { create: { floor: 10, max: 5 } },
      schedule: { full: "often" },
      serverr: {},
    },
  });
  const problems = problemsOf({ cwd }).map(({ path, message }) => `${path}: ${message}`);
  const expected = [
    /^product\.token: environment variable MISSING is not set$/,
    /^server\.port: must be at most 65535$/,
    /^directories\[0\]\.verifiedDomains: is required$/,
    /^directories\[0\]: unknown key "verifedDomains": did you mean "verifiedDomains"\?$/,
    /^directories\[1\]\.kind: must be one of "okta", /,
    /^directories\[1\]\.id: is the id of directories\[0\] already$/,
    /^schedule\.full: must be a cron expression/,
    /^mapping\.initial\.groups\.rules\[0\]\.when: /,
    /^limits\.create: floor \(10\) must not be above max \(5\)/,
    /^: unknown key "serverr": did you mean "server"\?$/,
  ];
  for (const pattern of expected) {
    t.is(problems.filter((problem) => pattern.test(problem)).length, 1, `${pattern} in\n${problems.join("\n")}`);
  }
  t.is(problems.length, expected.length, problems.join("\n"));
});

test("files are found from the folder of the configuration, not from where the process was started", (t) => {
  const elsewhere = folderWith(t, {
    "sync.config.json": { ...smallest, product: { connector: "toy", token: { file: "token.txt" } } },
    "token.txt": "s3cret\n",
  });
  const { config } = load({ cwd: folderWith(t, {}), path: join(elsewhere, "sync.config.json") });
  t.like(config.product.options, { token: "s3cret" });
  t.is(config.database.filename, join(elsewhere, "data", "rosterbridge.db"));
});

test("the printable form has the shape of the file, and no secret in it", (t) => {
  const product = { connector: "toy", token: { env: "TOKEN" }, seats: { standard: 5 } };
  const cwd = folderWith(t, { "sync.config.json": { ...smallest, product } });
  const { printable } = load({ cwd, environment: { TOKEN: "s3cret" } });
  t.notRegex(JSON.stringify(printable), /s3cret/);
  t.like(printable, { product: { connector: "toy", token: "***", pageSize: 100, seats: { standard: 5 } } });
  t.like(printable, { mode: "observe", schedule: { debounce: "500ms" } });
});

test("the printable form is a configuration itself that means the same", (t) => {
  const cwd = folderWith(t, { "sync.config.json": smallest });
  const first = load({ cwd });
  const again = load({ cwd: folderWith(t, { "sync.config.json": first.printable }) });
  t.deepEqual(again.printable, first.printable);
  t.deepEqual(again.config.policy, first.config.policy);
});

test("a webhook is told everything, and of a silence of a day, unless it is said otherwise; it is never printed", (t) => {
  const alerts = [
    { webhook: { env: "WEBHOOK" } },
    { webhook: "https://hooks.example/plain-s3cret", on: ["token", "held", "held"], silentAfter: "3d" },
  ];
  const cwd = folderWith(t, { "sync.config.json": { ...smallest, alerts } });
  const { config, printable } = load({ cwd, environment: { WEBHOOK: "https://me:s3cret@hooks.example/x?sig=s3cret" } });
  const topics = ["held", "failing", "over-capacity", "silent-idp", "token"] as const;
  const day = 24 * 60 * 60_000;
  t.deepEqual(config.alerts, [
    { webhook: "https://me:s3cret@hooks.example/x?sig=s3cret", on: topics, silentAfterMs: day },
    { webhook: "https://hooks.example/plain-s3cret", on: ["token", "held"], silentAfterMs: 3 * day },
  ]);
  t.notRegex(JSON.stringify(printable), /s3cret/);
  t.like(printable, {
    alerts: [
      { webhook: "***", silentAfter: "24h" },
      { webhook: "***", on: ["token", "held", "held"] },
    ],
  });
});

test("a configuration cannot be changed after it was loaded", (t) => {
  const { config } = load({ cwd: folderWith(t, { "sync.config.json": smallest }) });
  for (const part of [config, config.server, config.directories, config.directories[0], config.policy.limits.create]) {
    t.true(Object.isFrozen(part));
  }
});
