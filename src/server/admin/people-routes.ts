import { z } from "zod";
import type { DirectoryId } from "../../domain/directory.ts";
import { PERSON_STATES } from "../../domain/person-state.ts";
import type { Services } from "../../engine/services.ts";
import { adminRoute, ADMINS, READERS, type AdminRoute } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { page } from "./paging.ts";
import { filterOver, paging, reason, shape } from "./shapes/basics.ts";
import { FORGOTTEN } from "./shapes/forget.ts";
import { EXPLANATION, OFFBOARDINGS, PEOPLE, RELEASED } from "./shapes/person.ts";

const BY_ID = z.strictObject({
  id: z.string().min(1).max(512).describe("An id, userName, e-mail or externalId."),
});

/** `/people`. */
export function peopleRoutes(deps: AdminDeps): readonly AdminRoute[] {
  const { services } = deps;
  return [listRoute(deps), explainRoute(services), releaseRoute(services), proofRoute(services), forgetRoute(services)];
}

function listRoute({ services, ambient }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "listPeople",
    method: "get",
    path: "/people",
    tag: "People",
    summary: "Everybody who is or was staged",
    description:
      "Of all directories, leavers and deleted people among them, in the order in which they came. Asks the product nothing.",
    scopes: READERS,
    query: z.strictObject({
      query: z
        .string()
        .max(512)
        .exactOptional()
        .describe("An id, userName, e-mail, externalId or display name, or how it begins."),
      filter: filterOver('the staged user, and over `directory`, `deleted` and `state`, such as `title co "Manager"`'),
      directory: z.string().min(1).max(64).exactOptional(),
      state: z.enum(PERSON_STATES).exactOptional(),
      ...paging,
    }),
    answers: {
      200: { description: "A page of them; it may hold fewer than asked for though there are more.", shape: PEOPLE },
    },
    problems: ["invalid-filter", "invalid-cursor", "not-found"],
    handle: async ({ query }) => {
      const { query: text = null, filter = null, directory = null, state = null } = query;
      const body = await page(ambient.clock, query, ["people", text, filter, directory, state], (after, limit) =>
        services.people.list({ query: text, filter, directory: directory as DirectoryId | null, state, after, limit }),
      );
      return { status: 200, body };
    },
  });
}

function explainRoute(services: Services): AdminRoute {
  return adminRoute({
    id: "explainPerson",
    method: "get",
    path: "/people/{id}",
    tag: "People",
    summary: "Why things are as they are for one person, and their timeline",
    description:
      "The five steps of `rosterbridge explain`: pushed, staged, mapped, matched, planned. Reads this one account in the product; when that cannot be asked, the answer says so.",
    scopes: READERS,
    params: BY_ID,
    answers: { 200: { description: "The explanation.", shape: EXPLANATION } },
    problems: ["not-found", "not-possible"],
    handle: async ({ params, signal }) => ({ status: 200, body: await services.explain(params.id, signal) }),
  });
}

function releaseRoute(services: Services): AdminRoute {
  return adminRoute({
    id: "releasePerson",
    method: "post",
    path: "/people/{id}/release",
    tag: "People",
    summary: "Lets one person past every limit, once, within the hour",
    description:
      "Also wakes them: the daemon looks at them within seconds. Kept with author and reason in the audit log.",
    scopes: ADMINS,
    params: BY_ID,
    body: {
      shape: shape("ReleaseRequest", z.strictObject({ reason })),
      examples: [{ summary: "A reason", value: { reason: "Left on Friday, confirmed by HR." } }],
    },
    answers: { 200: { description: "They are released.", shape: RELEASED } },
    problems: ["not-found", "not-possible"],
    handle: async ({ params, body, author }) => {
      const user = await services.permissions.release(params.id, { author, reason: body.reason });
      return { status: 200, body: { user } };
    },
  });
}

function proofRoute(services: Services): AdminRoute {
  return adminRoute({
    id: "getProofs",
    method: "get",
    path: "/people/{id}/proof",
    tag: "People",
    summary: "The proofs of somebody's offboardings",
    description: "Newest first, each held against the audit log.",
    scopes: READERS,
    params: BY_ID,
    answers: { 200: { description: "The proofs.", shape: OFFBOARDINGS } },
    problems: ["not-found", "not-possible"],
    handle: async ({ params }) => ({ status: 200, body: await services.proofs.of(params.id) }),
  });
}

function forgetRoute({ forgetting }: Services): AdminRoute {
  return adminRoute({
    id: "forgetPerson",
    method: "post",
    path: "/people/{id}/forget",
    tag: "People",
    summary: "Erases the personal data of somebody who has left",
    description:
      "Ids, times, kinds of changes and counts stay, and the audit chain stays whole. With `dryRun` it only says what would be erased. Backups that were made before keep it.",
    scopes: ADMINS,
    params: BY_ID,
    body: {
      shape: shape("ForgetRequest", z.strictObject({ reason, dryRun: z.boolean().default(false) })),
      examples: [{ summary: "Only a look", value: { reason: "Erasure request DPO-77.", dryRun: true } }],
    },
    answers: { 200: { description: "What was, or would be, erased.", shape: FORGOTTEN } },
    problems: ["not-found", "not-possible", "run-in-progress"],
    handle: async ({ params, body, author }) => {
      const by = { author, reason: body.reason };
      const done = body.dryRun ? forgetting.look(params.id, by.reason) : forgetting.forget(params.id, by);
      return { status: 200, body: await done };
    },
  });
}
