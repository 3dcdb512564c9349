/** What cannot be run by a test: containers, proxies, drawings. What they name is held against what is there. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { faultsOfCompose, isRead } from "./docker.ts";
import { suiteOf } from "./kinds.ts";
import { readChart } from "./mermaid.ts";
import type { Block } from "./page.ts";
import { allPages, exampleSettings, ROOT } from "./pages.ts";
import { faultOf } from "./program-check.ts";
import { caddyProxy, nginxProxy, type Proxy } from "./proxy.ts";
import { parseYaml } from "./yaml-text.ts";

const SUITE = "test/docs/deployment.test.ts";
const SOURCES = globSync("src/**/*.ts", { cwd: ROOT }).map((file) => readFileSync(join(ROOT, file), "utf8"));
/** What a provider, or a load balancer before it, asks for. */
const PUBLIC = ["/scim/v2/Users", "/scim/v2/Groups/1", "/scim/v2/ServiceProviderConfig", "/livez", "/readyz"];
const INSIDE = [
  "/",
  "/scim",
  "/health",
  "/metrics",
  "/admin/v1/status",
  "/console",
  "/livez/more",
  "/admin/v1/scim/v2/Users",
];
/** Bodies of groups; bytes (docs/scim.md, "Limits"). */
const LARGEST_BODY = 8 * 2 ** 20;
/** How long Okta waits for an answer; milliseconds. */
const PATIENCE_MS = 60_000;

const CHECKS: Readonly<Record<string, (block: Block) => readonly string[]>> = {
  yaml: ({ text }) => faultsOfYaml(text),
  nginx: ({ text }) => faultsOfProxy(nginxProxy(text)),
  caddy: ({ text }) => faultsOfProxy(caddyProxy(text)),
  ini: ({ text }) => faultsOfUnit(text),
  promql: ({ text }) => unknownMetricsIn(text),
  mermaid: ({ text }) => (readChart(text).arrows.length > 0 ? [] : ["there is no arrow"]),
};

for (const page of allPages()) {
  for (const block of page.blocks.filter((one) => suiteOf(page, one) === SUITE)) {
    test(`${page.name}, line ${block.line}: what the ${block.language} names is there`, (t) => {
      t.deepEqual(CHECKS[block.language]?.(block), []);
    });
  }
}

/** A compose file, or one for Prometheus: its rules, or what it scrapes. */
function faultsOfYaml(text: string): readonly string[] {
  if (!/^(?:services|groups|scrape_configs):/m.test(text)) return ["nobody here knows what this file is for"];
  if (!/^services:/m.test(text)) return [...unknownMetricsIn(text), ...unknownCommandsIn(text)];
  return faultsOfCompose(parseYaml(text));
}

/** Commands that an alert tells its reader to type. */
function unknownCommandsIn(text: string): readonly string[] {
  const commands = [...text.matchAll(/`rosterbridge ([^`]+)`/g)].map(([, words = ""]) => faultOf(words.split(" ")));
  return commands.filter((fault) => fault !== null);
}

/** Names of metrics that no source has. Counters, histograms and summaries have names of their own beside them. */
function unknownMetricsIn(text: string): readonly string[] {
  const names = new Set([...text.matchAll(/\brosterbridge_\w+/g)].map(([name]) => name));
  return [...names].filter((name) => {
    const bare = name.replace(/_(?:bucket|count|sum)$/, "");
    const spellings = [name, bare].flatMap((one) => [one, one.replace(/^rosterbridge_/, "")]);
    return !SOURCES.some((source) => spellings.some((spelling) => source.includes(`"${spelling}"`)));
  });
}

function faultsOfProxy({ upstreamOf, largestBody, patience, host }: Proxy): readonly string[] {
  const { server } = exampleSettings() as { readonly server: { readonly host: string; readonly port: number } };
  const bridge = `${server.host}:${server.port}`;
  return [
    ...PUBLIC.filter((path) => upstreamOf(path) !== bridge).map((path) => `${path} does not reach the bridge`),
    ...INSIDE.filter((path) => upstreamOf(path) !== null).map((path) => `${path} is let through`),
    ...(largestBody > LARGEST_BODY ? [] : [`bodies end at ${largestBody} bytes`]),
    ...(patience >= PATIENCE_MS ? [] : [`it waits for ${patience} ms only`]),
    ...(host === "bridge.acme.example" ? [] : [`${host} is another host than that of the pages`]),
  ];
}

/** A unit of systemd: its program, its variables. */
function faultsOfUnit(text: string): readonly string[] {
  const values = (name: string): readonly string[] =>
    [...text.matchAll(new RegExp(`^${name}=(.*)$`, "gm"))].map(([, value = ""]) => value);
  const faults = values("ExecStart").map((command) => {
    const [, args] = /\/(?:node .*main\.js|rosterbridge) ?(.*)$/.exec(command) ?? [];
    return args === undefined
      ? `${command} does not start the bridge`
      : faultOf(args.split(" ").filter((word) => word !== ""));
  });
  const unread = values("Environment").filter((one) => !isRead(one.split("=")[0] ?? ""));
  return [...faults.filter((fault) => fault !== null), ...unread.map((one) => `nobody reads ${one}`)];
}

test("a proxy that lets everything through, or too little, is found out", (t) => {
  const open = nginxProxy(
    "server { server_name bridge.acme.example; client_max_body_size 1m; proxy_read_timeout 5s; location / { proxy_pass http://127.0.0.1:8080; } }",
  );
  const faults = faultsOfProxy(open);
  t.true(faults.includes("/admin/v1/status is let through"));
  t.true(faults.includes("bodies end at 1048576 bytes"));
  t.true(faults.includes("it waits for 5000 ms only"));
  const shut = caddyProxy(
    "bridge.acme.example {\n  handle /livez {\n    request_body {\n      max_size 10MB\n    }\n    reverse_proxy 127.0.0.1:8080 {\n      transport http {\n        response_header_timeout 60s\n      }\n    }\n  }\n}",
  );
  t.true(faultsOfProxy(shut).some((fault) => fault.startsWith("/scim/v2/Users does not reach")));
});

test("a compose file whose secret or volume is nowhere is found out", (t) => {
  const faults = faultsOfYaml(
    "services:\n  rosterbridge:\n    build: .\n    volumes:\n      - data:/data\n    secrets: [product-token]\n    environment:\n      NOBODY_READS_THIS: 1\n",
  );
  t.deepEqual(faults, [
    "nobody reads NOBODY_READS_THIS",
    "the volume data is not declared",
    "the secret product-token is not declared",
  ]);
});

test("a metric, a drawing and a unit that are wrong are found out", (t) => {
  t.deepEqual(unknownMetricsIn("rate(rosterbridge_nobody_counts_this_total[5m])"), [
    "rosterbridge_nobody_counts_this_total",
  ]);
  t.throws(() => readChart('flowchart TD\n  a["A"]\n  a --> b'), { message: /No node is called b/ });
  t.throws(() => readChart('flowchart TD\n  subgraph one["One"]\n  a["A"]'), { message: /no end/ });
  t.is(faultsOfUnit("ExecStart=/usr/bin/node /opt/rosterbridge/dist/src/main.js serv").length, 1);
  t.deepEqual(faultsOfUnit("ExecStart=/usr/bin/node /opt/rosterbridge/dist/src/main.js serve"), []);
});
