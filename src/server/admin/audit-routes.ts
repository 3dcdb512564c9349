import { z } from "zod";
import type { Instant } from "../../domain/brand.ts";
import type { AuditSelection } from "../../engine/audit.ts";
import { auditLines, type AuditFormat } from "../../engine/audit-lines.ts";
import { adminRoute, READERS, type AdminAnswer, type AdminRoute } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { page } from "./paging.ts";
import { begun } from "./send-stream.ts";
import { filterOver, instant, paging } from "./shapes/basics.ts";
import { AUDIT, AUDIT_REPORT } from "./shapes/audit.ts";

const FORMATS: Readonly<Record<string, AuditFormat>> = { "application/jsonl": "jsonl", "text/csv": "csv" };

const SELECTION = {
  filter: filterOver('at, actor, action, subject, sequence, such as `action sw "token."`'),
  person: z
    .string()
    .min(1)
    .max(512)
    .exactOptional()
    .describe("Rows about one person: an id, userName, e-mail or externalId."),
  since: instant.exactOptional(),
  until: instant.exactOptional().describe("The first time that is left out."),
};

/** `/audit`. */
export function auditRoutes(deps: AdminDeps): readonly AdminRoute[] {
  return [listRoute(deps), verifyRoute(deps)];
}

function listRoute({ services: { audit }, ambient }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "listAudit",
    method: "get",
    path: "/audit",
    tag: "Audit",
    summary: "The audit log: who did what, as a chain of hashes",
    description:
      "In JSON a page at a time, newest first unless `order` says otherwise. As JSON lines or CSV everything that is asked for, oldest first, for export.",
    scopes: READERS,
    query: z.strictObject({
      ...SELECTION,
      order: z.enum(["newest-first", "oldest-first"]).default("newest-first"),
      ...paging,
    }),
    answers: { 200: { description: "The rows.", shape: AUDIT, types: Object.keys(FORMATS) } },
    problems: ["invalid-filter", "invalid-cursor", "not-found", "not-possible"],
    handle: async ({ query, accepts, signal }) => {
      const { order, cursor: _cursor, limit: _limit } = query;
      const selection = selectionOf(query);
      const format = FORMATS[accepts];
      if (format !== undefined) return exported(await begun(audit.rows(selection, signal)), accepts, format);
      const asked = ["audit", order, selection.filter, selection.person, selection.since, selection.until];
      const body = await page(ambient.clock, query, asked, (after, limit) =>
        audit.page({ ...selection, order, after, limit }),
      );
      return { status: 200, body };
    },
  });
}

function verifyRoute({ services: { audit } }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "verifyAudit",
    method: "get",
    path: "/audit/verification",
    tag: "Audit",
    summary: "Walks the whole chain, and names the first row at which it is not what was written",
    description: "`end` kept elsewhere tells later whether the log was shortened or made anew: send it as `expect`.",
    scopes: READERS,
    query: z.strictObject({
      expect: z
        .string()
        .regex(/^[1-9]\d{0,14}:[0-9a-f]{64}$/, "must be an end of a chain: <sequence>:<hash>")
        .transform((text) => ({ sequence: Number(text.split(":")[0]), hash: text.split(":")[1] ?? "" }))
        .exactOptional()
        .describe("An end that was noted before, as `<sequence>:<hash>`."),
    }),
    answers: { 200: { description: "What was found; `broken` null: the chain is whole.", shape: AUDIT_REPORT } },
    problems: [],
    handle: async ({ query, signal }) => {
      const report = await audit.verify(query.expect ?? null, signal);
      return { status: 200, body: { whole: report.broken === null, ...report } };
    },
  });
}

interface AskedRows {
  readonly filter?: string;
  readonly person?: string;
  readonly since?: string;
  readonly until?: string;
}

function selectionOf({ filter, person, since, until }: AskedRows): Required<AuditSelection> {
  return { filter: filter ?? null, person: person ?? null, since: toInstant(since), until: toInstant(until) };
}

/** As rows have it: with milliseconds. */
function toInstant(text: string | undefined): Instant | null {
  return text === undefined ? null : (new Date(text).toISOString() as Instant);
}

function exported(rows: Parameters<typeof auditLines>[0], type: string, format: AuditFormat): AdminAnswer {
  return { status: 200, stream: { type: `${type}; charset=utf-8`, chunks: withLineEnds(auditLines(rows, format)) } };
}

async function* withLineEnds(lines: AsyncIterable<string>): AsyncGenerator<string, void, void> {
  for await (const line of lines) yield `${line}\n`;
}
