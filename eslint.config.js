import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Time and chance come from ports/ambient.ts, so that every decision can be replayed in a test. */
const clockAndChance = {
  "no-restricted-properties": [
    "error",
    { object: "Date", property: "now", message: "Take a Clock (ports/ambient.ts) as an argument." },
    { object: "performance", property: "now", message: "Take a Clock (ports/ambient.ts) as an argument." },
    { object: "Math", property: "random", message: "Take a NewId (ports/ambient.ts), or a number, as an argument." },
  ],
  "no-restricted-syntax": [
    "error",
    {
      selector: "NewExpression[callee.name='Date'][arguments.length=0]",
      message: "Take a Clock (ports/ambient.ts) as an argument.",
    },
    { selector: "CallExpression[callee.name='Date']", message: "Take a Clock (ports/ambient.ts) as an argument." },
  ],
};

const noAmbient = {
  ...clockAndChance,
  "no-restricted-globals": [
    "error",
    {
      name: "process",
      message: "Only src/runtime and src/main.ts know the process: take what you need as an argument.",
    },
  ],
};

const size = {
  "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
  "max-lines-per-function": ["error", { max: 60, skipBlankLines: true, skipComments: true }],
  // "modified" counts a switch as one branch: exhaustive ones over the kinds of change are long and simple.
  complexity: ["error", { max: 12, variant: "modified" }],
};

export default defineConfig(
  globalIgnores(["dist/", "coverage/", "data/", "node_modules/", "test/e2e/admin/generated/"]),
  { linterOptions: { reportUnusedDisableDirectives: "error" } },
  {
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-constant-condition": ["error", { checkLoops: "allExceptWhileTrue" }],
      "no-control-regex": "off", // refusing control characters is what such patterns are for
      "no-else-return": "error",
      "no-eval": "error",
      "no-new-func": "error",
      "no-unneeded-ternary": "error",
      "no-useless-rename": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      ...size,
    },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-import-type-side-effects": "error",
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unnecessary-type-assertion": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Objects are closures made by createX: their functions need no `this` and may be taken out.
      "@typescript-eslint/unbound-method": "off",
      // A port's method is asynchronous because some adapter has to wait, not because each one does.
      "@typescript-eslint/require-await": "off",
    },
  },
  { files: ["src/**/*.ts"], ignores: ["src/runtime/**", "src/main.ts"], rules: noAmbient },
  { files: ["migrations/**/*.ts"], rules: noAmbient },
  { files: ["src/**/*.ts"], ignores: ["src/main.ts", "src/runtime/**"], rules: { "no-console": "error" } },
  {
    // A test tells its whole story in one place; a bench prints.
    files: ["test/**/*.ts", "bench/**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 600, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": "off",
      complexity: "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);
