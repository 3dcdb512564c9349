import { z } from "zod";
import { adminRoute, ADMINS, READERS, type AdminRoute } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { page } from "./paging.ts";
import {
  PLANNING_PROBLEMS,
  RUN_ANSWERS,
  RUN_EXAMPLES,
  runAnswer,
  runRequestFields,
  WAIT_HEADER,
} from "./run-request.ts";
import { filterOver, paging, shape } from "./shapes/basics.ts";
import { RUN_WITH_CHANGES, RUNS } from "./shapes/run.ts";

const RUN_REQUEST = shape("RunRequest", z.strictObject(runRequestFields));

/** `/runs`. */
export function runRoutes(deps: AdminDeps): readonly AdminRoute[] {
  return [listRoute(deps), oneRoute(deps), startRoute(deps)];
}

function listRoute({ services, ambient }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "listRuns",
    method: "get",
    path: "/runs",
    tag: "Runs",
    summary: "The runs that were, newest first",
    description: "Dry runs leave no record.",
    scopes: READERS,
    query: z.strictObject({
      filter: filterOver('id, lane, trigger, outcome, startedAt, finishedAt, digest, such as `outcome eq "partial"`'),
      ...paging,
    }),
    answers: { 200: { description: "A page of them.", shape: RUNS } },
    problems: ["invalid-filter", "invalid-cursor"],
    handle: async ({ query }) => ({
      status: 200,
      body: await page(ambient.clock, query, ["runs", query.filter ?? null], (after, limit) =>
        services.runs.page({ filter: query.filter ?? null, after, limit }),
      ),
    }),
  });
}

function oneRoute({ services, ambient }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "getRun",
    method: "get",
    path: "/runs/{id}",
    tag: "Runs",
    summary: "One run, and what it did",
    description: "The beginning of the id is enough. The changes come in pages, oldest first.",
    scopes: READERS,
    params: z.strictObject({ id: z.string().min(1).max(64) }),
    query: z.strictObject(paging),
    answers: { 200: { description: "The run with a page of its changes.", shape: RUN_WITH_CHANGES } },
    problems: ["not-found", "not-possible", "invalid-cursor"],
    handle: async ({ params, query }) => {
      const run = await services.runs.find(params.id);
      const changes = await page(ambient.clock, query, ["run", run.id], (after, limit) =>
        services.runs.entriesPage(run.id, { after, limit }),
      );
      return { status: 200, body: { ...run, changes } };
    },
  });
}

function startRoute({ services }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "startRun",
    method: "post",
    path: "/runs",
    tag: "Runs",
    summary: "Starts a run: plans, and carries out what is not held",
    description:
      "For everybody, or for one person, whose account is read afresh. The run goes on when the caller hangs up.",
    scopes: ADMINS,
    body: {
      shape: RUN_REQUEST,
      whenEmpty: {},
      examples: RUN_EXAMPLES,
    },
    headers: WAIT_HEADER,
    answers: RUN_ANSWERS,
    problems: [...PLANNING_PROBLEMS, "run-in-progress"],
    handle: (request) => runAnswer(services, request),
  });
}
