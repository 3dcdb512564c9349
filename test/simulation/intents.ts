import type { AccountRef, Change, GroupRef } from "../../src/domain/plan.ts";
import type { JournalEntry } from "../../src/ports/journal.ts";
import type { Request } from "./wire.ts";
import type { World } from "./world.ts";

/** What the journal on disk says of a write that is just arriving: its intent, and the account of its person's link. */
export interface FoundIntent {
  readonly entry: JournalEntry;
  /** The account that the person is linked to; null when to none. */
  readonly linked: string | null;
}

/** Looks into the store's file for the intent behind a write; undefined when there is none. */
export async function findIntent({ observer, product }: World, request: Request): Promise<FoundIntent | undefined> {
  const groupName = (id: string | null): string | undefined => product.groups().find((group) => group.id === id)?.name;
  for (const run of await observer.journal.runs(4)) {
    if (run.finishedAt !== null) continue;
    for await (const page of observer.journal.entriesOf(run.id)) {
      for (const entry of page) {
        if (entry.state !== "intent") continue;
        const linked = entry.user === null ? null : ((await observer.links.get(entry.user))?.account ?? null);
        if (isBehind(entry.change, request, linked, groupName)) return { entry, linked };
      }
    }
  }
  return undefined;
}

function isBehind(
  change: Change,
  { does, account, group, booking }: Request,
  linked: string | null,
  groupName: (id: string | null) => string | undefined,
): boolean {
  if (change.kind !== does) return false;
  // Whom a membership is for may stand in the body alone.
  const isAccount = (ref: AccountRef): boolean => account === null || (ref.by === "id" ? ref.id : linked) === account;
  const isGroup = (ref: GroupRef): boolean =>
    ref.by === "id" ? ref.id === group : group !== null && ref.name === groupName(group);
  switch (change.kind) {
    case "create-group":
    case "create-account":
      return true;
    case "update-account":
    case "delete-account":
    case "deactivate-account":
    case "reactivate-account":
      return change.account === account;
    case "assign-seat":
    case "release-seat":
      return isAccount(change.account);
    case "add-to-group":
    case "remove-from-group":
      return isAccount(change.account) && isGroup(change.group);
    case "cancel-booking":
    case "reassign-booking":
      return change.booking === booking;
    case "adopt-account":
      return false;
  }
}
