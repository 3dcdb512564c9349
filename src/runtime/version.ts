import manifest from "../../package.json" with { type: "json" };

/** The version of the program; `package.json` stands at the same place beside `src/` and beside `dist/src/`. */
export const VERSION: string = manifest.version;
