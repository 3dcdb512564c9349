import { z } from "zod";
import type { Services } from "../../engine/services.ts";
import type { MappingEdit, MappingSaved, TaggedMapping } from "../../engine/mapping/mapping-edits.ts";
import type { PersonMove } from "../../engine/mapping/preview-shape.ts";
import { AdminError } from "./admin-error.ts";
import { adminRoute, ADMINS, READERS, type AdminAnswer, type AdminRoute, type Example } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { numberIn, page } from "./paging.ts";
import { paging, reason, wholeNumber, yesOrNo } from "./shapes/basics.ts";
import {
  MAPPING,
  MAPPING_EDIT,
  MAPPING_PREVIEW,
  MAPPING_ROLLBACK,
  MAPPING_SAVED,
  MAPPING_TRIAL,
  MAPPING_VERSIONS,
} from "./shapes/mapping.ts";

const DOCUMENT = {
  groups: {
    rules: [
      {
        attribute: "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department",
        values: { Sales: "Sales EMEA" },
      },
      { when: 'title co "Manager"', group: "Managers" },
    ],
  },
  tests: [{ given: { userName: "x@acme.example", title: "Sales Manager" }, groups: ["Managers"] }],
};
const EDIT: Example = {
  summary: "Managers get a group of their own",
  value: { document: DOCUMENT, reason: "Managers get their own group, see HR-1204.", takesOver: true },
};
const TRIAL: Example = { summary: "The same, only looked at", value: { document: DOCUMENT } };
/** Of an edit for which nobody gives one. */
const WITHOUT_REASON = "saved over the admin API";

const ETAG = { ETag: "The version in force, for `If-Match`." };
const IF_MATCH = {
  "If-Match": {
    description:
      "The ETag that the mapping was read with, or several, any of which will do, or `*` for whichever version is in force.",
    example: "*",
  },
};

/** `/mapping`. */
export function mappingRoutes(deps: AdminDeps): readonly AdminRoute[] {
  const { services } = deps;
  return [
    showRoute(services),
    saveRoute(services),
    previewRoute(services),
    versionsRoute(deps),
    rollbackRoute(services),
  ];
}

function showRoute({ mappingEdits }: Services): AdminRoute {
  return adminRoute({
    id: "getMapping",
    method: "get",
    path: "/mapping",
    tag: "Mapping",
    summary: "The mapping in force, or another version of it",
    description: "Which person should have what: attributes to account fields, groups and seats.",
    scopes: READERS,
    query: z.strictObject({
      version: wholeNumber(1, 999_999_999).exactOptional().describe("Another version than the one in force."),
    }),
    answers: { 200: { description: "The mapping.", shape: MAPPING, headers: ETAG } },
    problems: ["not-found"],
    handle: async ({ query }) => {
      const mapping = await mappingEdits.show(query.version);
      return { status: 200, headers: tagOf(mapping), body: mapping };
    },
  });
}

function saveRoute({ mappingEdits }: Services): AdminRoute {
  return adminRoute({
    id: "saveMapping",
    method: "put",
    path: "/mapping",
    tag: "Mapping",
    summary: "Saves an edit as the next version",
    description:
      "Nothing is saved unless the document can be used and its own tests hold. Older versions are kept. The daemon makes a full run within seconds; what it holds is shown by the next plan.",
    scopes: ADMINS,
    headers: IF_MATCH,
    query: z.strictObject({ reason: reason.exactOptional(), takesOver: yesOrNo().exactOptional() }),
    body: { shape: MAPPING_EDIT, maxBytes: 4 * 1024 * 1024, examples: [EDIT] },
    answers: { 200: { description: "It is in force.", shape: MAPPING_SAVED, headers: ETAG } },
    problems: [
      "precondition-required",
      "mapping-changed",
      "mapping-invalid",
      "mapping-tests-failed",
      "mapping-takes-over-groups",
      "mapping-ruled-by-file",
    ],
    handle: async ({ body, query, header, author }) => {
      const { document, reason: why = WITHOUT_REASON, takesOver = false } = { ...query, ...body };
      const expected = requiredVersion(header);
      return saved(await mappingEdits.save(document, { reason: why, takesOver, author, expected }));
    },
  });
}

function previewRoute({ mappingEdits }: Services): AdminRoute {
  return adminRoute({
    id: "previewMapping",
    method: "post",
    path: "/mapping/preview",
    tag: "Mapping",
    summary: "What an edit would change: who moves, who gains, who loses",
    description:
      "The plan under the edit minus the plan under the saved mapping, over one look at the product. Saves nothing, writes nothing.",
    scopes: READERS,
    query: z.strictObject({
      stagedOnly: yesOrNo().exactOptional(),
      limit: wholeNumber(0, 10_000).exactOptional(),
    }),
    body: { shape: MAPPING_TRIAL, maxBytes: 4 * 1024 * 1024, examples: [TRIAL] },
    answers: { 200: { description: "The difference.", shape: MAPPING_PREVIEW } },
    isHeavy: true,
    problems: ["mapping-invalid"],
    handle: async ({ body, query, signal }) => {
      const { document, stagedOnly = false, limit = 1_000 } = { ...query, ...body };
      const moves: PersonMove[] = [];
      const preview = await mappingEdits.preview(document, {
        stagedOnly,
        signal,
        onMove: (move) => void (moves.length < limit && moves.push(move)),
      });
      return { status: 200, body: { ...preview, moves } };
    },
  });
}

function versionsRoute({ services: { mappingEdits }, ambient }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "listMappingVersions",
    method: "get",
    path: "/mapping/versions",
    tag: "Mapping",
    summary: "Every version that was saved, by whom and why",
    description: "Newest first, without the documents.",
    scopes: READERS,
    query: z.strictObject(paging),
    answers: { 200: { description: "A page of them.", shape: MAPPING_VERSIONS } },
    problems: ["invalid-cursor"],
    handle: async ({ query }) => ({
      status: 200,
      body: await page(ambient.clock, query, ["versions"], async (after, limit) => {
        const found = await mappingEdits.history(numberIn(after), limit + 1);
        const items = found.slice(0, limit);
        const last = items.at(-1);
        return { items, next: found.length > limit && last !== undefined ? String(last.version) : null };
      }),
    }),
  });
}

function rollbackRoute({ mappingEdits }: Services): AdminRoute {
  return adminRoute({
    id: "rollBackMapping",
    method: "post",
    path: "/mapping/rollback",
    tag: "Mapping",
    summary: "Saves what an old version said as the next version",
    description: "`If-Match` may be left out: the version that is gone back to says what is meant.",
    scopes: ADMINS,
    headers: IF_MATCH,
    body: {
      shape: MAPPING_ROLLBACK,
      examples: [
        { summary: "Back to the first", value: { version: 1, reason: "Too many people moved.", takesOver: true } },
      ],
    },
    answers: { 200: { description: "It is in force.", shape: MAPPING_SAVED, headers: ETAG } },
    problems: [
      "not-found",
      "mapping-changed",
      "mapping-invalid",
      "mapping-tests-failed",
      "mapping-takes-over-groups",
      "mapping-ruled-by-file",
    ],
    handle: async ({ body: { version, ...body }, header, author }) =>
      saved(await mappingEdits.rollback(version, { ...body, author, expected: versionIn(header("if-match")) })),
  });
}

function saved({ saved: mapping, isNew }: MappingSaved): AdminAnswer {
  return { status: 200, headers: tagOf(mapping), body: { ...mapping, isNew } };
}

function tagOf({ tag }: TaggedMapping): Readonly<Record<string, string>> {
  return { ETag: `"${tag}"` };
}

function requiredVersion(header: (name: string) => string | undefined): MappingEdit["expected"] {
  const value = header("if-match");
  if (value !== undefined) return versionIn(value);
  throw new AdminError(
    "precondition-required",
    "Say which version was edited: send If-Match with the ETag of GET /admin/v1/mapping, or * for whichever is in force.",
  );
}

/** An entity tag, which may hold commas (RFC 9110 section 8.8.3), and a list of them, in which elements may be empty (5.6.1). */
const ENTITY_TAG = String.raw`(?:W/)?"[^"]*"`;
const TAG_LIST = new RegExp(String.raw`^[ \t,]*${ENTITY_TAG}(?:[ \t]*,[ \t,]*${ENTITY_TAG})*[ \t,]*$`);

/**
 * The tags that an `If-Match` names (RFC 9110 section 13.1.1); null for any. A weak one matches nothing, since the comparison
 * is the strong one.
 */
function versionIn(header: string | undefined): MappingEdit["expected"] {
  const value = header?.trim() ?? "*";
  if (value === "*") return null;
  if (TAG_LIST.test(value)) return [...value.matchAll(new RegExp(ENTITY_TAG, "g"))].map(([tag]) => tag);
  const message = 'must be one ETag or more, in quotes and with commas between, such as "3-1f2e3d", or *';
  throw new AdminError("invalid-request", `header If-Match: ${message}`, {
    more: { errors: [{ path: "header.If-Match", message }] },
  });
}
