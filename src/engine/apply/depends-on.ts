import type { PersonChange } from "../../domain/plan.ts";
import type { LeaverPolicy } from "../../domain/policy.ts";

/**
 * True when the later change of the same person makes no sense, or would do harm, once the earlier one has failed.
 * Deleting an account destroys its bookings without a word to their guests; so may shutting it, where bookings have to
 * go first, unless `onFailure` says that access matters more.
 */
export function dependsOn(
  later: PersonChange,
  failed: PersonChange,
  onFailure: LeaverPolicy["bookings"]["onFailure"],
): boolean {
  switch (failed.kind) {
    case "create-account":
    case "adopt-account":
    case "reactivate-account":
    case "deactivate-account":
      return true;
    case "cancel-booking":
    case "reassign-booking":
      return later.kind === "delete-account" || (later.kind === "deactivate-account" && onFailure === "hold");
    case "release-seat":
      return later.kind === "assign-seat" || later.kind === "delete-account";
    case "remove-from-group":
      return later.kind === "delete-account";
    case "update-account":
    case "assign-seat":
    case "add-to-group":
    case "delete-account":
      return false;
  }
}
