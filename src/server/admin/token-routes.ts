import { z } from "zod";
import { parseDuration } from "../../lib/duration.ts";
import type { Services } from "../../engine/services.ts";
import type { TokenRequest } from "../../engine/tokens.ts";
import type { TokenRecord } from "../../ports/tokens.ts";
import { AdminError } from "./admin-error.ts";
import { adminRoute, ADMINS, READERS, type AdminRoute } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { NEW_TOKEN, ROTATED_TOKEN, TOKEN_REQUEST, TOKEN_ROTATION, TOKENS } from "./shapes/token.ts";

const LONGEST_MS = 36_500 * 86_400_000;
const BY_ID = z.strictObject({ id: z.string().min(1).max(64).describe("As the list of tokens has it.") });

/** `/tokens`. */
export function tokenRoutes({ services }: AdminDeps): readonly AdminRoute[] {
  return [listRoute(services), createRoute(services), rotateRoute(services), revokeRoute(services)];
}

function listRoute({ tokens }: Services): AdminRoute {
  return adminRoute({
    id: "listTokens",
    method: "get",
    path: "/tokens",
    tag: "Tokens",
    summary: "All tokens, ended ones included",
    description: "Never the tokens themselves: they are kept as hashes.",
    scopes: READERS,
    answers: { 200: { description: "Oldest first.", shape: TOKENS } },
    problems: [],
    handle: async () => ({ status: 200, body: { items: (await tokens.list()).map(toShow) } }),
  });
}

function createRoute(services: Services): AdminRoute {
  return adminRoute({
    id: "createToken",
    method: "post",
    path: "/tokens",
    tag: "Tokens",
    summary: "Makes a token, and shows it this once",
    description: "For an IdP with `directory`, or for people and programs with `scope`.",
    scopes: ADMINS,
    body: {
      shape: TOKEN_REQUEST,
      examples: [
        { summary: "For an IdP", value: { directory: "acme-okta", expires: "365d" } },
        { summary: "For a dashboard", value: { scope: "metrics", expires: null } },
      ],
    },
    answers: { 201: { description: "The token.", shape: NEW_TOKEN } },
    problems: [],
    handle: async ({ body, author }) => {
      const made = await services.tokens.create(toRequest(services, body, author));
      return { status: 201, body: { token: made.token, record: toShow(made.record) } };
    },
  });
}

function rotateRoute({ tokens }: Services): AdminRoute {
  return adminRoute({
    id: "rotateToken",
    method: "post",
    path: "/tokens/{id}/rotate",
    tag: "Tokens",
    summary: "Makes another token for the same, and ends this one: at once, or after an overlap",
    description: "Give the new one to the IdP within the overlap, and no push is refused.",
    scopes: ADMINS,
    params: BY_ID,
    body: {
      shape: TOKEN_ROTATION,
      whenEmpty: {},
      examples: [{ summary: "Both are good for an hour", value: { overlap: "1h" } }],
    },
    answers: { 201: { description: "The new token.", shape: ROTATED_TOKEN } },
    problems: ["not-found"],
    handle: async ({ params, body: { overlap, expires }, author }) => {
      const rotated = await tokens.rotate(params.id, {
        overlapMs: overlap === undefined ? 0 : toMs("overlap", overlap),
        expiresInMs: typeof expires === "string" ? toMs("expires", expires) : expires,
        author,
      });
      const { token, record, previous } = rotated;
      return { status: 201, body: { token, record: toShow(record), previous: toShow(previous) } };
    },
  });
}

function revokeRoute({ tokens }: Services): AdminRoute {
  return adminRoute({
    id: "revokeToken",
    method: "delete",
    path: "/tokens/{id}",
    tag: "Tokens",
    summary: "Ends a token at once",
    description: "The next request that brings it is refused.",
    scopes: ADMINS,
    params: BY_ID,
    answers: { 204: { description: "It is good no more.", shape: null } },
    problems: ["not-found"],
    handle: async ({ params, author }) => {
      await tokens.revoke(params.id, author);
      return { status: 204 };
    },
  });
}

function toRequest(
  { directories }: Services,
  body: z.output<typeof TOKEN_REQUEST.schema>,
  author: string,
): TokenRequest {
  const { directory, scope, expires } = body;
  const expiresInMs = expires === null ? null : toMs("expires", expires);
  if ((directory === undefined) === (scope === undefined))
    throw unusable("body", "must have either directory (for an IdP) or scope (admin, read, metrics, health)");
  if (scope !== undefined) return { scope, directory: null, expiresInMs, author };
  const known = directories.find((id) => id === directory);
  if (known === undefined) throw unusable("body.directory", `must be one of ${directories.join(", ")}`);
  return { scope: "scim", directory: known, expiresInMs, author };
}

function toMs(field: string, text: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms > 0 && ms <= LONGEST_MS) return ms;
  throw unusable(`body.${field}`, "must be a time up to 100 years, such as 90d, 12h or 30m");
}

function unusable(path: string, message: string): AdminError {
  return new AdminError("invalid-request", `${path}: ${message}`, { more: { errors: [{ path, message }] } });
}

/** Without the hash. */
function toShow({ hash: _, ...record }: TokenRecord): Omit<TokenRecord, "hash"> {
  return record;
}
