import type { DirectoryUserId } from "../domain/directory.ts";
import type { Change, ChangeKind, GroupChange, LimitName, PersonChange } from "../domain/plan.ts";
import { fingerprint } from "./fingerprint.ts";

/**
 * A text that is the same for the same change in every plan, and different for every other: a JSON array of the kind,
 * the person and what tells two changes of that kind apart. It holds no times and, but for group names and the e-mail of
 * a new account, nothing of the person's data.
 *
 * Seats and groups leave the account out, so that a change planned before its account exists keeps its key afterwards.
 */
export function changeKey(user: DirectoryUserId, change: PersonChange): string {
  return JSON.stringify([change.kind, user, ...distinction(change)]);
}

/** The same for a change that belongs to no person. */
export function groupChangeKey(change: GroupChange): string {
  return JSON.stringify([change.kind, change.name]);
}

function distinction(change: PersonChange): readonly string[] {
  if (change.kind === "create-account") return [change.desired.profile.email];
  if (change.kind === "update-account") return [change.account, fingerprint([change.before, change.after])];
  if (change.kind === "reassign-booking") return [change.booking, change.to];
  if (change.kind === "cancel-booking") return [change.booking];
  if ("seat" in change) return [change.seat];
  if (!("group" in change)) return [change.account];
  // Two groups of the product may have the same name: the one to leave is told by its id.
  const { group } = change;
  return [change.kind === "remove-from-group" && group.by === "id" ? group.id : group.name];
}

const LIMIT_OF: Readonly<Record<ChangeKind, LimitName | null>> = {
  "create-group": null,
  "create-account": "create",
  "adopt-account": "adopt",
  "reactivate-account": "create",
  "update-account": "update",
  "assign-seat": null,
  "add-to-group": null,
  "remove-from-group": "removeFromGroup",
  "release-seat": "releaseSeat",
  "deactivate-account": "deactivate",
  "delete-account": "delete",
  "cancel-booking": "cancelBookings",
  "reassign-booking": "cancelBookings",
};

/**
 * The limit that a change counts under; null when it is not limited (product.md section 6). Bringing somebody back
 * counts as a create; what a leaver gives up counts with the leaver, not as a removal of its own; an account that we made
 * counted when we made it.
 */
export function limitOf(change: Change): LimitName | null {
  if (change.kind === "adopt-account" && change.origin === "created") return null;
  const limit = LIMIT_OF[change.kind];
  const givenUpByLeaving = change.cause === "leaver" && (limit === "removeFromGroup" || limit === "releaseSeat");
  return givenUpByLeaving ? null : limit;
}
