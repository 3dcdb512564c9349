import { z } from "zod";
import { adminRoute, ADMINS, READERS, type AdminRoute } from "./declaration.ts";
import type { AdminDeps } from "./deps.ts";
import { reason, shape } from "./shapes/basics.ts";
import { STATUS } from "./shapes/status.ts";

/** `GET /status`, and `POST /resume`. */
export function statusRoutes({ services }: AdminDeps): readonly AdminRoute[] {
  return [
    adminRoute({
      id: "getStatus",
      method: "get",
      path: "/status",
      tag: "Status",
      summary: "Health, what is staged, held, waiting and failing, and the last runs",
      description: "What `rosterbridge status --json` prints. Asks the product nothing.",
      scopes: READERS,
      answers: { 200: { description: "How things stand.", shape: STATUS } },
      problems: [],
      handle: async () => ({ status: 200, body: await services.status() }),
    }),
    adminRoute({
      id: "resume",
      method: "post",
      path: "/resume",
      tag: "Status",
      summary: "Lets the bridge act again after a restore",
      description:
        "After a restore every change is held, until somebody has looked at a plan. Kept with author and reason in the audit log.",
      scopes: ADMINS,
      body: {
        shape: shape("ResumeRequest", z.strictObject({ reason })),
        examples: [{ summary: "A reason", value: { reason: "The plan was looked at: nothing is wrong in it." } }],
      },
      answers: { 204: { description: "It acts again: the daemon makes a full run within seconds.", shape: null } },
      problems: ["not-found"],
      handle: async ({ body, author }) => {
        await services.resumption.resume({ author, reason: body.reason });
        return { status: 204 };
      },
    }),
  ];
}
