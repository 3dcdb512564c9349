/** Writes `config/sync.config.schema.json`; a test says when it has to be written again. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { configJsonSchema } from "../src/config/json-schema.ts";
import { productSchema } from "../src/runtime/connectors.ts";

const target = join(import.meta.dirname, "..", "config", "sync.config.schema.json");
writeFileSync(target, `${JSON.stringify(configJsonSchema(productSchema), null, 2)}\n`);
