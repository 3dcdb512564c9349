/** Writes the fields of all JSON documents into `docs/cli-json.md`; a test says when they have to be written again. */
import { writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { JSON_PAGE, jsonSections, readJsonPage, withSections } from "./cli-json/page.ts";

const options = await resolveConfig(JSON_PAGE);
writeFileSync(
  JSON_PAGE,
  await format(withSections(readJsonPage(), jsonSections()), { ...options, parser: "markdown" }),
);
