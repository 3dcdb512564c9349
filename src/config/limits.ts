import { z } from "zod";
import type { Limit } from "../domain/plan.ts";
import { DEFAULT_LIMITS } from "../domain/policy.ts";

// No limit can be switched off: a run that has to do more than this is looked at and approved.
const MOST_FLOOR = 1_000;
const MOST_MAX = 10_000;

function limitField(defaults: Limit) {
  return z
    .strictObject({
      floor: z.int().min(0).max(MOST_FLOOR).default(defaults.floor).describe("Always allowed within 24 h."),
      max: z.int().min(0).max(MOST_MAX).default(defaults.max).describe("Never more than this within 24 h."),
      percent: z
        .int()
        .min(0)
        .max(100)
        .nullable()
        .default(defaults.percent)
        .describe("Share of the linked people; null: only max counts."),
    })
    .superRefine(({ floor, max }, context) => {
      if (floor > max) {
        context.addIssue({ code: "custom", message: `floor (${floor}) must not be above max (${max}): set both` });
      }
    })
    .prefault({});
}

/** `limits`: how many changes of each kind may be made within 24 h; each setting may be given in part. */
export function limitsField() {
  return z
    .strictObject({
      deactivate: limitField(DEFAULT_LIMITS.deactivate),
      delete: limitField(DEFAULT_LIMITS.delete),
      cancelBookings: limitField(DEFAULT_LIMITS.cancelBookings),
      removeFromGroup: limitField(DEFAULT_LIMITS.removeFromGroup),
      releaseSeat: limitField(DEFAULT_LIMITS.releaseSeat),
      update: limitField(DEFAULT_LIMITS.update),
      create: limitField(DEFAULT_LIMITS.create),
      adopt: limitField(DEFAULT_LIMITS.adopt),
    })
    .prefault({});
}
