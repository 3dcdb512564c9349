import { z } from "zod";
import { instant, opaqueId, shape } from "./basics.ts";
import { RUN } from "./run.ts";
import { WAITING } from "./plan.ts";

/** How the bridge is. */
export const HEALTH = shape(
  "Health",
  z.object({
    status: z.enum(["ok", "degraded"]),
    components: z.array(
      z.object({
        component: z.string(),
        status: z.enum(["ok", "degraded"]),
        detail: z.string(),
        madeAt: instant,
        expiresAt: instant.describe("Not to be believed after this."),
      }),
    ),
  }),
);

const heldGroups = z.object({
  total: z.int(),
  groups: z.array(
    z.object({
      hold: z.string(),
      detail: z.string(),
      changes: z.int(),
      people: z.int(),
      labels: z.array(z.string()).describe("E-mails of the first ten."),
    }),
  ),
});

/** What `rosterbridge status --json` prints. */
export const STATUS = shape(
  "Status",
  z.object({
    health: HEALTH.schema,
    store: z.object({ driver: z.string(), version: z.string(), location: z.string() }),
    mappingVersion: z.int().nullable(),
    staged: z.array(
      z.object({
        directory: z.string(),
        active: z.int(),
        inactive: z.int(),
        deleted: z.int(),
        lastPushAt: instant.nullable(),
      }),
    ),
    linked: z.int(),
    wakes: z.int().describe("People who wait to be looked at."),
    held: heldGroups,
    delayed: heldGroups,
    waiting: z.array(WAITING.schema),
    failing: z.array(
      z.object({
        user: opaqueId,
        label: z.string(),
        attempts: z.int(),
        nextAt: instant,
        code: z.string(),
        message: z.string(),
      }),
    ),
    alerts: z.array(
      z.looseObject({
        key: z.string(),
        topic: z.string(),
        severity: z.string(),
        title: z.string(),
        text: z.string(),
        since: instant,
        raisedAt: instant,
      }),
    ),
    runs: z.array(RUN.schema).describe("The last ten, newest first."),
  }),
);
