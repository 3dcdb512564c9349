import test from "ava";
import { DEFAULT_LIMITS, REPAIR_EVERYTHING } from "../../src/domain/policy.ts";
import { DEFAULT_RETENTION } from "../../src/domain/retention.ts";
import { publicUrlFor } from "../../src/config/config.ts";
import { folderWith, load, problemsOf, smallest } from "../support/config-files.ts";

test("what the file leaves out has the documented default", (t) => {
  const { config } = load({ cwd: folderWith(t, { "sync.config.json": smallest }) });
  t.deepEqual(config.server, { host: "127.0.0.1", port: 8080, publicUrl: null, admin: { at: "same-port" } });
  t.deepEqual(config.directories, [
    { id: "acme", name: "acme", kind: "generic", verifiedDomains: ["acme.example"] },
  ] as never);
  t.deepEqual(config.product, {
    connector: "toy",
    options: { connector: "toy", token: "t", pageSize: 100 },
    rateLimit: null,
    seats: null,
    bookings: null,
  });
  t.deepEqual(config.schedule, { full: "*/15 * * * *", timezone: "UTC", debounceMs: 500 });
  t.is(config.mapping.source, "store");
  t.is(config.policy.mode, "observe", "a product that was never synced is only watched");
  t.deepEqual(config.policy.limits, DEFAULT_LIMITS);
  t.deepEqual(config.policy.protected, { accounts: new Set(), minOwners: 1 });
  t.like(config.policy.leavers, { action: "deactivate", bookings: { action: "cancel", onFailure: "deactivate" } });
  t.is(config.log.level, "info");
});

test("what is kept is kept for ever or for as long as the file says", (t) => {
  const keptBy = (retention: object) =>
    load({ cwd: folderWith(t, { "sync.config.json": { ...smallest, retention } }) }).config.retention;
  t.deepEqual(keptBy({}), { ...DEFAULT_RETENTION, at: "17 3 * * *" });
  const day = 86_400_000;
  t.deepEqual(
    keptBy({ journal: "forever", runs: "7d", leavers: "730d", proofs: "365d", audit: "365d", at: "0 4 * * 0" }),
    {
      journalMs: null,
      runsMs: 7 * day,
      leaversMs: 730 * day,
      proofsMs: 365 * day,
      auditMs: 365 * day,
      at: "0 4 * * 0",
    },
  );
});

test("a limit may be given in part, the rest keeps its default", (t) => {
  const cwd = folderWith(t, {
    "sync.config.json": { ...smallest, limits: { deactivate: { max: 5 }, update: { percent: null } } },
  });
  const { limits } = load({ cwd }).config.policy;
  t.deepEqual(limits.deactivate, { floor: 2, max: 5, percent: 10 });
  t.deepEqual(limits.update, { floor: 25, max: 500, percent: null });
  t.deepEqual(limits.create, DEFAULT_LIMITS.create);
});

test("bookings are handed over, and waited for, as the file says", (t) => {
  const bookingsOf = (bookings: object) =>
    load({ cwd: folderWith(t, { "sync.config.json": { ...smallest, leavers: { bookings } } }) }).config.policy.leavers
      .bookings;
  const whom = { reassignTo: ["manager", "group"], otherwise: "cancel", delayMs: 0 } as const;
  t.like(bookingsOf({ action: "reassign" }), { action: "reassign", ...whom });
  t.like(bookingsOf({ action: "reassign", reassignTo: ["group"], otherwise: "keep", delay: "30m" }), {
    reassignTo: ["group"],
    otherwise: "keep",
    delayMs: 30 * 60_000,
  });
  t.is(bookingsOf({ delay: "30d" }).delayMs, 30 * 24 * 3_600_000);
});

test("edits in the product are put back, unless a field or the default says otherwise", (t) => {
  const driftOf = (drift: object) =>
    load({ cwd: folderWith(t, { "sync.config.json": { ...smallest, drift } }) }).config.policy.drift;
  t.deepEqual(load({ cwd: folderWith(t, { "sync.config.json": smallest }) }).config.policy.drift, REPAIR_EVERYTHING);
  t.deepEqual(driftOf({ displayName: "report", groups: "report" }), {
    ...REPAIR_EVERYTHING,
    displayName: "report",
    groups: "report",
  });
  t.deepEqual(Object.entries(driftOf({ default: "report", status: "repair", email: "repair" })), [
    ["email", "repair"],
    ["displayName", "report"],
    ["givenName", "report"],
    ["familyName", "report"],
    ["timezone", "report"],
    ["locale", "report"],
    ["seat", "report"],
    ["groups", "report"],
    ["status", "repair"],
  ]);
});

test("addresses, domains and e-mails are brought to one form", (t) => {
  const cwd = folderWith(t, {
    "sync.config.json": {
      ...smallest,
      server: { publicUrl: "https://sync.acme.example/bridge//" },
      directories: [{ id: "a", verifiedDomains: ["Acme.Example", "acme.example", "*"] }],
      protected: { accounts: ["Owner@Acme.Example"] },
    },
  });
  const { config } = load({ cwd });
  t.is(config.server.publicUrl, "https://sync.acme.example/bridge");
  t.deepEqual(config.directories[0]?.verifiedDomains, ["acme.example", "*"]);
  t.deepEqual([...config.policy.protected.accounts], ["owner@acme.example"]);
});

test("every product takes a rate limit and seat pools", (t) => {
  const product = { ...smallest.product, rateLimit: { perMinute: 300 }, seats: { standard: 50, pro: 0 } };
  const { config } = load({ cwd: folderWith(t, { "sync.config.json": { ...smallest, product } }) });
  t.deepEqual(config.product.rateLimit, { perMinute: 300, reserve: 0.2 });
  t.deepEqual(
    config.product.seats,
    new Map([
      ["standard", 50],
      ["pro", 0],
    ]) as never,
  );
  t.false("rateLimit" in config.product.options, "they are not the connector's business");
});

const domain = (verified: string) => ({ directories: [{ id: "acme", verifiedDomains: [verified] }] });
const id = (text: string) => ({ directories: [{ id: text, verifiedDomains: ["*"] }] });

const refused: readonly (readonly [title: string, part: object, path: string, message: RegExp])[] = [
  ["no directory at all", { directories: [] }, "directories", /must not be empty/],
  ["an id in upper case", id("Acme"), "directories[0].id", /lower-case/],
  ["an id of 64 characters", id("a".repeat(64)), "directories[0].id", /1 to 63/],
  ["an id that begins with a hyphen", id("-a"), "directories[0].id", /not begin with a hyphen/],
  ["a domain with @", domain("@acme.example"), "directories[0].verifiedDomains[0]", /such as "acme\.example"/],
  ["a wildcard below a domain", domain("*.acme.example"), "directories[0].verifiedDomains[0]", /"\*" for any/],
  ["a domain without a dot", domain("acme"), "directories[0].verifiedDomains[0]", /must be a domain/],
  ["no product token", { product: { connector: "toy" } }, "product.token", /is required/],
  [
    "an option the connector has not",
    { product: { ...smallest.product, tokn: "t" } },
    "product",
    /unknown key "tokn": did you mean "token"\?/,
  ],
  ["an address that is none", { product: { ...smallest.product, baseUrl: "x" } }, "product.baseUrl", /must be a URL/],
  [
    "a name of 201 characters",
    { directories: [{ id: "a", name: "n".repeat(201), verifiedDomains: ["*"] }] },
    "directories[0].name",
    /at most 200 characters/,
  ],
  [
    "a rate limit of nothing",
    { product: { ...smallest.product, rateLimit: { perMinute: 0 } } },
    "product.rateLimit.perMinute",
    /at least 1/,
  ],
  ["PostgreSQL", { database: { client: "pg" } }, "database.client", /"pg" is not available yet: use "sqlite3"/],
  ["another database", { database: { client: "oracle" } }, "database.client", /must be "sqlite3"/],
  ["a database in memory", { database: { filename: ":memory:" } }, "database.filename", /survive a restart/],
  ["a port in quotes", { server: { port: "8080" } }, "server.port", /must be a number, not a string/],
  [
    "an address without quotes",
    { server: { host: 127 } },
    "server.host",
    /must be a string, not 127: write it as "127"$/,
  ],
  ["a port below 0", { server: { port: -1 } }, "server.port", /at least 0/],
  ["half a port", { server: { port: 80.5 } }, "server.port", /must be a whole number, not 80\.5/],
  [
    "a public address with a password",
    { server: { publicUrl: "https://a:b@c.example" } },
    "server.publicUrl",
    /without credentials/,
  ],
  [
    "a public address of another kind",
    { server: { publicUrl: "ftp://c.example" } },
    "server.publicUrl",
    /http or https/,
  ],
  ["an unknown mode", { mode: "ful" }, "mode", /"observe", "create-only", "no-removals", "full"/],
  ["a time zone of nowhere", { schedule: { timezone: "Mars/Olympus" } }, "schedule.timezone", /IANA/],
  ["a retention of a minute", { retention: { journal: "1m" } }, "retention.journal", /must be "forever", or from 7d/],
  [
    "a retention of no duration",
    { retention: { leavers: "never" } },
    "retention.leavers",
    /must be "forever", or from 30d/,
  ],
  [
    "an audit log that is shorter than the proofs",
    { retention: { audit: "400d" } },
    "retention.audit",
    /at least as long as retention\.proofs/,
  ],
  ["a retention at no time", { retention: { at: "often" } }, "retention.at", /must be a cron expression/],
  ["a debounce without unit", { schedule: { debounce: "500" } }, "schedule.debounce", /must be a duration/],
  ["a debounce of an hour", { schedule: { debounce: "1h" } }, "schedule.debounce", /from 0s to 1m/],
  [
    "somebody to hand bookings to where they are cancelled",
    { leavers: { bookings: { reassignTo: ["manager"] } } },
    "leavers.bookings.reassignTo",
    /is for "action": "reassign" only/,
  ],
  [
    "a fallback of handing over where nothing is",
    { leavers: { bookings: { action: "keep", otherwise: "cancel" } } },
    "leavers.bookings.otherwise",
    /is for "action": "reassign" only/,
  ],
  [
    "nobody to hand bookings to",
    { leavers: { bookings: { action: "reassign", reassignTo: [] } } },
    "leavers.bookings.reassignTo",
    /must not be empty|at least|>=1/,
  ],
  [
    "the same successor twice",
    { leavers: { bookings: { action: "reassign", reassignTo: ["group", "group"] } } },
    "leavers.bookings.reassignTo",
    /must name each only once/,
  ],
  ["a grace of a year", { leavers: { bookings: { delay: "365d" } } }, "leavers.bookings.delay", /from 0s to 30d/],
  ["a reason of blanks", { leavers: { bookings: { reason: "  " } } }, "leavers.bookings.reason", /must not be empty/],
  [
    "alerts on a subject that is none",
    { alerts: [{ webhook: "https://x.example", on: ["held", "over-capicity"] }] },
    "alerts[0].on[1]",
    /^must be one of "held", "failing", "over-capacity", "silent-idp", "token"; did you mean "over-capacity"\?$/,
  ],
  [
    "a value that is nearly one of the choices",
    { drift: { default: "repai" } },
    "drift.default",
    /^must be .*"repair".*; did you mean "repair"\?$/,
  ],
  ["alerts on nothing", { alerts: [{ webhook: "https://x.example", on: [] }] }, "alerts[0].on", /must not be empty/],
  ["alerts to nobody", { alerts: [{ on: ["held"] }] }, "alerts[0].webhook", /is required/],
  ["alerts to a file", { alerts: [{ webhook: "file:///x" }] }, "alerts[0].webhook", /http or https address/],
  [
    "a silence of a minute",
    { alerts: [{ webhook: "https://x.example", silentAfter: "1m" }] },
    "alerts[0].silentAfter",
    /from 1h to 90d/,
  ],
  [
    "one webhook twice",
    { alerts: [{ webhook: "https://x.example" }, { webhook: "https://y.example" }, { webhook: "https://x.example" }] },
    "alerts[2].webhook",
    /is the webhook of alerts\[0\] already/,
  ],
  [
    "eleven webhooks",
    { alerts: Array.from({ length: 11 }, (_, index) => ({ webhook: `https://x${index}.example` })) },
    "alerts",
    /at most 10/,
  ],
  ["a limit that is none", { limits: { deactivate: { max: 1_000_000 } } }, "limits.deactivate.max", /at most 10000/],
  [
    "a floor that is none",
    { limits: { deactivate: { floor: 5_000, max: 9_000 } } },
    "limits.deactivate.floor",
    /at most 1000/,
  ],
  ["more than all", { limits: { deactivate: { percent: 101 } } }, "limits.deactivate.percent", /at most 100/],
  [
    "a maximum below the default floor",
    { limits: { create: { max: 10 } } },
    "limits.create",
    /floor \(50\) must not be above max \(10\)/,
  ],
  ["an unknown limit", { limits: { deactivation: {} } }, "limits", /did you mean "deactivate"\?/],
  ["an unknown field of edits", { drift: { name: "report" } }, "drift", /unknown key "name"/i],
  ["an unknown action for edits", { drift: { seat: "ignore" } }, "drift.seat", /must be "repair" or "report"/],
  ["a protected name", { protected: { accounts: ["owner"] } }, "protected.accounts[0]", /must be an e-mail address/],
  [
    "an empty name of a seat pool",
    { product: { ...smallest.product, seats: { "": 1 } } },
    'product.seats[""]',
    /cannot be used as a key/,
  ],
  ["a mapping from nowhere", { mapping: { source: "git" } }, "mapping.source", /must be "store" or "file"/],
  [
    "a mapping with an unknown key",
    { mapping: { initial: { group: {} } } },
    "mapping.initial",
    /did you mean "groups"\?/,
  ],
  ["nothing where something is expected", { log: null }, "log", /must be an object, not null/],
];

for (const [title, part, path, message] of refused) {
  test(`refused: ${title}`, (t) => {
    const problems = problemsOf({ cwd: folderWith(t, { "sync.config.json": { ...smallest, ...part } }) });
    t.deepEqual(
      problems.map((problem) => problem.path),
      [path],
    );
    t.regex(problems[0]?.message ?? "", message);
  });
}

for (const [host, port, url] of [
  ["127.0.0.1", 8080, "http://127.0.0.1:8080"],
  ["0.0.0.0", 80, "http://127.0.0.1:80"],
  ["::", 8080, "http://127.0.0.1:8080"],
  ["::1", 8080, "http://[::1]:8080"],
  ["bridge.internal", 9000, "http://bridge.internal:9000"],
] as const) {
  test(`a server that listens on ${host} and ${port} is reached at ${url}`, (t) => {
    t.is(publicUrlFor(host, port), url);
  });
}
