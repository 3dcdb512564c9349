import { z } from "zod";
import { CHANGE_KINDS, type Hold } from "../../../domain/plan.ts";
import { counts, digest, instant, opaqueId, shape } from "./basics.ts";

/** Why a change is planned. */
export const cause = z.enum(["joiner", "mover", "leaver", "rehire", "drift"]);

/** Every hold there is: the compiler misses one that is left out. */
const HOLDS = {
  unsupported: true,
  mode: true,
  restored: true,
  "over-limit": true,
  "protected-account": true,
  "observation-incomplete": true,
  "identity-conflict": true,
  "no-free-seat": true,
  contested: true,
  delayed: true,
  "waits-for-held": true,
} as const satisfies Readonly<Record<Hold, true>>;

/** Why a change is held. */
export const hold = z.enum(Object.keys(HOLDS) as [Hold, ...Hold[]]);

/** One change; what else it says depends on its kind (`account`, `seat`, `group`, `before`, `after`, `booking`, …). */
export const change = z
  .looseObject({
    kind: z.enum(CHANGE_KINDS),
    cause,
    because: z.array(z.string()).describe("The mapping rules, or the word of the IdP, behind it."),
  })
  .describe(
    "What else it says depends on its kind: the account, seat, group, booking, or the profile before and after.",
  );

/** A held change. */
export const heldChange = z.object({
  change,
  hold,
  detail: z.string().describe("A whole sentence, with the way past it."),
  after: opaqueId.exactOptional(),
});

const waiting = z.object({
  user: opaqueId,
  label: z.string(),
  seat: z.string(),
  place: z.int().describe("In the queue for such a seat, from 1."),
  reason: z.string(),
});
/** Somebody who waits for a seat. */
export const WAITING = shape("Waiting", waiting);

const completeness = z.object({
  complete: z.boolean(),
  accounts: z.int(),
  reason: z.string().exactOptional(),
  detail: z.string().exactOptional(),
});

/** Everything of a plan but its people. */
export const PLAN_SUMMARY = shape(
  "PlanSummary",
  z.object({
    digest,
    isPartial: z.literal(true).exactOptional().describe("Only for some people: it cannot be approved."),
    directories: z.array(z.string()),
    product: z.string(),
    people: z.int().describe("Staged people looked at, deleted ones included."),
    linked: z.int(),
    basis: z.object({ mappingVersion: z.int(), observedAt: instant, observation: completeness }),
    groups: z.array(change).describe("Groups that would be created now."),
    tally: z.object({
      counts: counts.describe("Changes that would be carried out now, by kind."),
      held: counts.describe("Changes that are held, by reason."),
      guests: z.int().describe("Guests who would be told of a cancelled meeting."),
    }),
    breaches: z.array(
      z.object({
        limit: z.string(),
        planned: z.int(),
        spent: z.int().describe("In the last 24 hours."),
        allowed: z.int(),
        rule: z.enum(["budget", "last-account"]),
      }),
    ),
    waiting: z.array(waiting),
  }),
);

/** One person of a plan. */
export const PERSON_PLAN = shape(
  "PersonPlan",
  z.looseObject({
    user: opaqueId,
    directory: z.string(),
    version: z.int(),
    label: z.string().describe("Their e-mail."),
    cause: cause.nullable(),
    changes: z.array(change),
    held: z.array(heldChange),
    seatClaim: z.object({ seat: z.string(), rank: z.int(), since: instant }).nullable(),
    notes: z.array(z.string()),
  }),
);

/** A whole plan. People with nothing to do, to hold or to note are left out. */
export const PLAN = shape("Plan", z.object({ summary: PLAN_SUMMARY.schema, people: z.array(PERSON_PLAN.schema) }));
