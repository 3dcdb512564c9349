import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { JsonObject } from "../src/domain/json.ts";
import type { AdminRoute } from "../src/server/admin/declaration.ts";
import { adminRoutes } from "../src/server/admin/routes.ts";
import type { AdminDeps } from "../src/server/admin/deps.ts";
import { openApiDocument } from "../src/server/admin/openapi.ts";
import { VERSION } from "../src/runtime/version.ts";

const ROOT = join(import.meta.dirname, "..");
const GENERATOR = join(ROOT, "node_modules", "openapi-typescript", "bin", "cli.js");
const execute = promisify(execFile);

/** The types of the admin API as a client sees them: what the end-to-end test drives it with. */
const ADMIN_CLIENT = join(ROOT, "test", "e2e", "admin", "generated", "admin-api.d.ts");

/** The routes, to be looked at. */
export function declaredRoutes(): readonly AdminRoute[] {
  // Declaring the routes calls nothing that they work with.
  return adminRoutes({ services: {}, ambient: {}, version: VERSION } as AdminDeps);
}

/** The OpenAPI document of this version. */
export function adminOpenApi(): JsonObject {
  return openApiDocument(declaredRoutes(), VERSION);
}

/** Writes `ADMIN_CLIENT`. */
export async function writeAdminClient(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "admin-api-"));
  try {
    const document = join(folder, "openapi.json");
    await writeFile(document, JSON.stringify(adminOpenApi()));
    // As a program: its types ask for packages that are not there.
    await execute(process.execPath, [GENERATOR, document, "--output", ADMIN_CLIENT]);
  } finally {
    await rm(folder, { recursive: true });
  }
}
