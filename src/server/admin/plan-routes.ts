import { z } from "zod";
import type { Instant } from "../../domain/brand.ts";
import type { Services } from "../../engine/services.ts";
import { renderPlan, type PlanFormat, type RenderOptions } from "../../planning/render.ts";
import { PLAIN_STYLE } from "../../planning/plan-style.ts";
import { AdminError } from "./admin-error.ts";
import { adminRoute, ADMINS, READERS, type AdminAnswer, type AdminRoute } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { openPlan, type OpenPlan } from "./open-plan.ts";
import {
  PLANNING_PROBLEMS,
  RUN_ANSWERS,
  RUN_EXAMPLES,
  runAnswer,
  runRequestFields,
  WAIT_HEADER,
  whomOf,
  type Asked,
} from "./run-request.ts";
import { digest, instant, reason, shape } from "./shapes/basics.ts";
import { PLAN } from "./shapes/plan.ts";

const FORMATS: Readonly<Record<string, PlanFormat>> = { "text/plain": "table", "text/markdown": "markdown" };

/** People that a table lists before it says how many more there are. */
const PEOPLE_IN_TABLE = 1_000;

const PLAN_ANSWER = {
  description: "The dry-run diff. In JSON with everybody in it; as text what `rosterbridge plan` prints.",
  shape: PLAN,
  types: Object.keys(FORMATS),
  headers: { Location: "Where the same plan is asked for again." },
};
const PLAN_REQUEST = shape("PlanRequest", z.strictObject(runRequestFields));
const APPROVAL = shape(
  "Approval",
  z.object({
    digest,
    at: instant.describe("When this plan was made last."),
    changes: z.int().describe("Held changes that it lets through."),
  }),
);
const BY_DIGEST = z.strictObject({
  digest: z.string().regex(/^[0-9a-f]{6,12}$/, "must be the digest of a plan: 12 hexadecimal digits, or the first 6"),
});

/** `/plans`. */
export function planRoutes(deps: AdminDeps): readonly AdminRoute[] {
  return [makePlanRoute(deps), samePlanRoute(deps), applyRoute(deps.services), approveRoute(deps.services)];
}

function makePlanRoute({ services, ambient }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "makePlan",
    method: "post",
    path: "/plans",
    tag: "Plans",
    summary: "Makes a plan: the dry-run diff",
    description: "Reads the product and compares. Writes nothing to it. The digest is what `apply` and `approve` take.",
    scopes: READERS,
    body: { shape: PLAN_REQUEST, whenEmpty: {}, examples: RUN_EXAMPLES },
    answers: { 201: PLAN_ANSWER },
    isHeavy: true,
    problems: PLANNING_PROBLEMS,
    handle: async ({ body, accepts, signal }) => {
      const opened = await openPlan(services.reconciler, await scopeOf(services, body), signal);
      const { digest: made } = opened.plan.summary;
      return {
        status: 201,
        headers: { Location: `/admin/v1/plans/${made}` },
        stream: streamOf(opened, accepts, ambient.clock.now()),
      };
    },
  });
}

function samePlanRoute({ services, ambient }: AdminDeps): AdminRoute {
  return adminRoute({
    id: "getPlan",
    method: "get",
    path: "/plans/{digest}",
    tag: "Plans",
    summary: "Makes the plan for everybody again, and answers it if it is still this one",
    description:
      "A plan is not kept: what it says is only worth something while it is true. When it is another one by now, the problem `plan-changed` names its digest.",
    scopes: READERS,
    params: BY_DIGEST,
    answers: { 200: PLAN_ANSWER },
    isHeavy: true,
    problems: ["plan-changed", "product-refused", "product-unavailable", "tenant-changed"],
    handle: async ({ params, accepts, signal }) => {
      const opened = await openPlan(services.reconciler, { of: "everybody" }, signal);
      const current = opened.plan.summary.digest;
      if (!current.startsWith(params.digest)) {
        opened.close();
        throw new AdminError("plan-changed", `The plan is ${current} now, not ${params.digest}.`, {
          more: { current },
        });
      }
      return { status: 200, stream: streamOf(opened, accepts, ambient.clock.now()) };
    },
  });
}

function applyRoute(services: Services): AdminRoute {
  return adminRoute({
    id: "applyPlan",
    method: "post",
    path: "/plans/{digest}/apply",
    tag: "Plans",
    summary: "Plans again, and carries out exactly this plan or nothing",
    description:
      "A plan for one person is applied with the same `person`. What is held stays held. The run goes on when the caller hangs up.",
    scopes: ADMINS,
    params: BY_DIGEST,
    body: { shape: PLAN_REQUEST, whenEmpty: {}, examples: RUN_EXAMPLES },
    headers: WAIT_HEADER,
    answers: RUN_ANSWERS,
    problems: [...PLANNING_PROBLEMS, "plan-changed", "run-in-progress"],
    handle: async (request) => runAnswer(services, request, { expectDigest: request.params.digest }),
  });
}

function approveRoute(services: Services): AdminRoute {
  return adminRoute({
    id: "approvePlan",
    method: "post",
    path: "/plans/{digest}/approve",
    tag: "Plans",
    summary: "Lets exactly the changes through that this plan held over a limit",
    description:
      "One use, one hour; kept with author and reason in the audit log. The daemon makes a full run within seconds. A plan that has grown meanwhile is held again.",
    scopes: ADMINS,
    params: BY_DIGEST,
    body: {
      shape: shape("ApprovalRequest", z.strictObject({ reason })),
      examples: [{ summary: "A reason", value: { reason: "The Berlin office closes, see HR-1204." } }],
    },
    answers: { 200: { description: "It is approved.", shape: APPROVAL } },
    problems: ["not-found", "not-possible"],
    handle: async ({ params, body, author }) => {
      const plan = await services.permissions.approve(params.digest, { author, reason: body.reason });
      return { status: 200, body: { digest: plan.digest, at: plan.at, changes: plan.held } };
    },
  });
}

async function scopeOf(services: Services, asked: Asked): Promise<Parameters<typeof openPlan>[1]> {
  const whom = await whomOf(services, asked);
  if (whom.lane === "urgent") return { of: "some", people: whom.people };
  const { lane: _, ...accepted } = whom;
  return { of: "everybody", ...accepted };
}

function streamOf(opened: OpenPlan, accepts: string, now: Instant): NonNullable<AdminAnswer["stream"]> {
  const format = FORMATS[accepts];
  const type = format === undefined ? accepts : `${accepts}; charset=utf-8`;
  return {
    type,
    chunks: chunksOf(opened, { format: format ?? "json", now, style: PLAIN_STYLE, limit: PEOPLE_IN_TABLE }),
  };
}

/** Closes the plan when it was read, or when nobody reads on. */
async function* chunksOf({ plan, close }: OpenPlan, options: RenderOptions): AsyncGenerator<string, void, void> {
  try {
    for await (const line of renderPlan(plan, options)) yield `${line}\n`;
  } finally {
    close();
  }
}
