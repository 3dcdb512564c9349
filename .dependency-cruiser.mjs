import { connectorImports, entry, layers, migrationsUsers } from "./layers.mjs";

const NPM = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown", "npm-bundled"];

/** `folder` or `folder/file.ts` of `src/` as a pattern for a path. */
const place = (name) => (name.endsWith(".ts") ? `${name.replaceAll(".", "\\.")}$` : `${name}/`);

/** Pattern for the files of npm packages, their types included; matches nothing when there are none. */
const packageFiles = (names) =>
  names.length === 0
    ? "^$"
    : `(^|/)node_modules/(${names.flatMap((name) => [name, `@types/${name.replace("@", "").replace("/", "__")}`]).join("|")})/`;

/** Pattern for built-in modules and their subpaths; matches nothing when there are none. */
const builtIns = (names) => (names.length === 0 ? "^$" : `^(node:)?(${names.join("|")})(/|$)`);

/** The three rules of one row of the table: folders, packages, built-in modules. */
function rulesOf(name, from, { imports, packages, node }, own) {
  const rules = [];
  if (imports !== "everything") {
    rules.push({
      name: `${name}-direction`,
      severity: "error",
      comment: `${name} may import ${[own, ...imports].join(", ") || "nothing"}. Move the code to where it belongs, or take what you need as an argument typed by a port.`,
      from,
      to: { path: "^src/", pathNot: `^src/(${[own, ...imports].filter(Boolean).map(place).join("|") || "$"})` },
    });
  }
  if (packages !== "everything") {
    rules.push({
      name: `${name}-packages`,
      severity: "error",
      comment: `${name} may use these packages: ${packages.join(", ") || "none"}. Put the call behind a port in the folder that owns the package; a new package is a row of layers.mjs and a reason in the commit.`,
      from,
      to: { dependencyTypes: NPM, pathNot: packageFiles(packages) },
    });
  }
  if (node !== "everything") {
    rules.push({
      name: `${name}-node`,
      severity: "error",
      comment: `${name} may use these modules of Node: ${node.join(", ") || "none"}. Take the effect as an argument (ports/ambient.ts), or do it in a folder that may.`,
      from,
      to: { dependencyTypes: ["core"], pathNot: builtIns(node) },
    });
  }
  return rules;
}

const folderRules = Object.entries(layers).flatMap(([folder, row]) => {
  const richer = folder === "connectors" ? `^src/connectors/(${Object.keys(connectorImports).join("|")})/` : undefined;
  return rulesOf(folder, { path: `^src/${folder}/`, ...(richer && { pathNot: richer }) }, row, folder);
});

const connectorRules = Object.entries(connectorImports).flatMap(([connector, extra]) =>
  rulesOf(
    `connectors-${connector}`,
    { path: `^src/connectors/${connector}/` },
    { ...layers.connectors, imports: [...layers.connectors.imports, ...extra] },
    "connectors",
  ),
);

const apartFrom = Object.entries(connectorImports).flatMap(([connector, extra]) =>
  extra.filter((name) => name.startsWith("connectors/")).map((name) => [connector, name]),
);

export default {
  forbidden: [
    ...folderRules,
    ...connectorRules,
    ...rulesOf("main", { path: `^src/${entry.file.replace(".", "\\.")}$` }, entry, ""),
    {
      name: "connectors-stay-apart",
      severity: "error",
      comment: "A connector does not import another one. Move what both need to connectors/ itself.",
      from: { path: "^src/connectors/([^/]+)/" },
      to: {
        path: "^src/connectors/[^/]+/",
        pathNot: ["^src/connectors/$1/", ...apartFrom.map(([, name]) => `^src/${name}/`)],
      },
    },
    {
      name: "src-knows-no-tests",
      severity: "error",
      comment: "src never imports test, bench or build. Move what the product needs into src.",
      from: { path: "^src/" },
      to: { path: "^(test|bench|build)/" },
    },
    {
      name: "migrations-for-the-store",
      severity: "error",
      comment: "Only the store runs migrations. Call the store instead.",
      from: { path: "^src/", pathNot: `^src/(${migrationsUsers.join("|")})/` },
      to: { path: "^migrations/" },
    },
    {
      name: "migrations-stand-alone",
      severity: "error",
      comment: "A migration keeps its meaning when the code changes: copy what it needs into it.",
      from: { path: "^migrations/" },
      to: { path: "^(src|test|bench|build)/" },
    },
    {
      name: "migrations-packages",
      severity: "error",
      comment: "A migration uses knex and nothing else.",
      from: { path: "^migrations/" },
      to: { dependencyTypes: [...NPM, "core"], pathNot: packageFiles(["knex"]) },
    },
    {
      name: "no-cycles",
      severity: "error",
      comment: "Two files that need each other are one idea or three: merge them, or move what both need to a third.",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-orphans",
      severity: "error",
      comment: "Nobody imports this file and it imports nobody: wire it up or remove it.",
      from: { orphan: true, pathNot: ["^src/main\\.ts$", "\\.d\\.ts$"] },
      to: {},
    },
    {
      name: "no-unresolved",
      severity: "error",
      comment: "The import leads nowhere: check the path, its .ts ending, and package.json.",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Without this, type-only imports escape every rule.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    moduleSystems: ["es6"],
    doNotFollow: { path: "^node_modules/" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "types", "default"],
      extensions: [".ts", ".mjs", ".js", ".json"],
    },
  },
};
