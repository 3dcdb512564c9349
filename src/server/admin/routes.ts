import { auditRoutes } from "./audit-routes.ts";
import { adminRoute, READERS, type AdminRoute } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { mappingRoutes } from "./mapping-routes.ts";
import { openApiDocument } from "./openapi.ts";
import { peopleRoutes } from "./people-routes.ts";
import { planRoutes } from "./plan-routes.ts";
import { productRoutes } from "./product-routes.ts";
import { runRoutes } from "./run-routes.ts";
import { anyObject, shape } from "./shapes/basics.ts";
import { statusRoutes } from "./status-routes.ts";
import { tokenRoutes } from "./token-routes.ts";

/** Every route of the admin API, in the order in which the OpenAPI document lists them. */
export function adminRoutes(deps: AdminDeps): readonly AdminRoute[] {
  const routes: readonly AdminRoute[] = [
    ...statusRoutes(deps),
    ...planRoutes(deps),
    ...runRoutes(deps),
    ...peopleRoutes(deps),
    ...mappingRoutes(deps),
    ...tokenRoutes(deps),
    ...auditRoutes(deps),
    ...productRoutes(deps),
  ];
  const itself = openApiRoute(() => document);
  const all = [...routes, itself];
  const document = openApiDocument(all, deps.version);
  return all;
}

function openApiRoute(document: () => unknown): AdminRoute {
  return adminRoute({
    id: "getOpenApi",
    method: "get",
    path: "/openapi.json",
    tag: "Status",
    summary: "This document",
    description: "OpenAPI 3.1, made from the declarations that check requests and answers.",
    scopes: READERS,
    answers: { 200: { description: "The document.", shape: shape("OpenApi", anyObject) } },
    problems: [],
    handle: async () => ({ status: 200, body: document() }),
  });
}
