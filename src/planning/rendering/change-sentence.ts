import type { Instant } from "../../domain/brand.ts";
import type { Change, PersonChange } from "../../domain/plan.ts";
import { bookingWords, changeWords, counted, instantWords, ofKind } from "./change-words.ts";

/** One change in words: `create the account`, `join Sales EMEA`, `cancel the booking of Tue 24 Nov 10:00 UTC, 1 guest`. */
export function changeSentence(change: Change, now: Instant): string {
  switch (change.kind) {
    case "create-group":
      return `create the group ${change.name}`;
    case "create-account":
      return `create the account ${change.desired.profile.email}`;
    case "adopt-account":
      return `link the account ${change.account}`;
    case "reactivate-account":
      return "reactivate the account";
    case "update-account":
      return `update ${changeWords([change], false)}`;
    case "deactivate-account":
      return "deactivate the account";
    case "delete-account":
      return "delete the account";
    case "assign-seat":
      return `give seat ${change.seat}`;
    case "release-seat":
      return `free seat ${change.seat}`;
    case "add-to-group":
      return `join ${change.group.name}`;
    case "remove-from-group":
      return `leave ${change.group.name}`;
    case "cancel-booking":
      return `cancel the booking of ${instantWords(change.startsAt, now)}, ${counted(change.guests, "guest")}`;
    case "reassign-booking":
      return `reassign the booking of ${instantWords(change.startsAt, now)}, ${counted(change.guests, "guest")}, to ${change.toLabel ?? `account ${change.to}`}`;
  }
}

/** Several changes of one person in words, one each; bookings are summed up. */
export function changeSentences(changes: readonly PersonChange[], now: Instant): readonly string[] {
  const cancelled = ofKind(changes, "cancel-booking");
  const others = changes.filter((change) => change.kind !== "cancel-booking");
  return [
    ...(cancelled.length === 0 ? [] : [`cancel ${bookingWords(cancelled, now)}`]),
    ...others.map((change) => changeSentence(change, now)),
  ];
}
