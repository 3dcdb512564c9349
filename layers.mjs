/**
 * What each folder of `src/` may use; whatever is not listed is forbidden, type-only imports included.
 *
 * `imports`: other folders of `src/` (or single files of one, as `folder/file.ts`); a folder may always import itself.
 * `packages`: npm packages, their `@types` included. `node`: built-in modules, subpaths (`fs/promises`) included.
 * `.dependency-cruiser.mjs` turns this table into rules, `test/architecture.test.ts` runs them.
 */
export const layers = {
  // The vocabulary: everybody speaks it, it knows nobody.
  domain: { imports: [], packages: [], node: [] },
  // zod: its types only, to explain in plain words what it found. csv-parse: behind parse-csv.ts alone.
  lib: {
    imports: ["domain"],
    packages: ["zod", "csv-parse"],
    node: ["http", "crypto", "stream", "events", "net", "zlib", "timers"],
  },

  // Pure functions of values.
  scim: { imports: ["domain"], packages: ["zod"], node: [] },
  mapping: { imports: ["domain", "scim", "lib"], packages: ["zod"], node: [] },
  planning: { imports: ["domain"], packages: [], node: ["crypto"] }, // crypto: the digest of a plan

  // What the use cases need from the world, and the use cases.
  ports: { imports: ["domain", "scim/filter.ts"], packages: [], node: [] },
  engine: { imports: ["domain", "scim", "mapping", "planning", "ports", "lib"], packages: [], node: ["crypto"] },

  // The edges. None knows another.
  config: { imports: ["domain", "mapping", "lib"], packages: ["zod"], node: ["fs", "path"] },
  store: {
    imports: ["domain", "scim", "ports", "lib"],
    packages: ["knex", "sqlite3", "pg", "dataloader"],
    node: ["fs", "path", "crypto", "timers"], // crypto: the audit chain
  },
  connectors: { imports: ["domain", "ports", "lib"], packages: ["got", "zod", "jsonata"], node: ["timers"] }, // more: connectorImports
  notify: { imports: ["domain", "ports", "lib"], packages: ["got"], node: [] },
  sandbox: { imports: ["domain", "lib"], packages: ["koa", "@koa/router", "zod"], node: ["http", "crypto"] },
  server: {
    imports: ["domain", "scim", "planning", "ports", "engine", "lib"],
    packages: ["koa", "@koa/router", "zod"],
    node: ["http", "fs", "path", "crypto", "stream"], // stream: plans and exports are sent while they are read
  },
  console: { imports: [], packages: ["preact", "htm"], node: [] },
  cli: {
    imports: ["domain", "planning", "ports", "engine", "config", "sandbox", "lib"],
    packages: ["commander", "cli-table3"],
    node: ["util", "fs", "path", "readline"],
  },

  // The only place that sees everything: it builds the objects and owns the order in which they open and close.
  runtime: { imports: "everything", packages: "everything", node: "everything" },
};

/** The file that is started: it may see these folders, and nothing but `process` of Node. */
export const entry = { file: "main.ts", imports: ["runtime", "cli", "domain"], packages: [], node: ["process"] };

/** Connectors that may import more than `connectors` does; apart from these, none imports another. */
export const connectorImports = { scim: ["scim"], calendly: ["connectors/scim"], recipe: ["connectors/auth"] };

/** The folders outside `src/` that code in `src/` may reach, and who may. */
export const migrationsUsers = ["store", "runtime"];
