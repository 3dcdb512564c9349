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
export async function findIntent({ observer, sandbox }: World, request: Request): Promise<FoundIntent | undefined> {
  const groupName = (id: string): string | undefined =>
    sandbox.state.groups.rows().find(({ value }) => value.id === id)?.value.name;
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
  { route, path }: Request,
  linked: string | null,
  groupName: (id: string) => string | undefined,
): boolean {
  const [, , id = "", , other = ""] = path.split("/");
  const isAccount = (ref: AccountRef): boolean => (ref.by === "id" ? ref.id : linked) === id;
  const isMembership = (account: AccountRef, group: GroupRef): boolean =>
    (account.by === "id" ? account.id : linked) === other &&
    (group.by === "id" ? group.id === id : group.name === groupName(id));
  switch (change.kind) {
    case "create-group":
      return route === "POST /groups";
    case "create-account":
      return route === "POST /members";
    case "update-account":
      return route === "PATCH /members/:id" && change.account === id;
    case "delete-account":
      return route === "DELETE /members/:id" && change.account === id;
    case "deactivate-account":
      return route === "POST /members/:id/deactivate" && change.account === id;
    case "reactivate-account":
      return route === "POST /members/:id/reactivate" && change.account === id;
    case "assign-seat":
      return route === "PUT /members/:id/seat" && isAccount(change.account);
    case "release-seat":
      return route === "DELETE /members/:id/seat" && isAccount(change.account);
    case "add-to-group":
      return route === "PUT /groups/:id/members/:id" && isMembership(change.account, change.group);
    case "remove-from-group":
      return route === "DELETE /groups/:id/members/:id" && isMembership(change.account, change.group);
    case "cancel-booking":
      return route === "POST /bookings/:id/cancel" && change.booking === id;
    case "reassign-booking":
      return route === "POST /bookings/:id/reassign" && change.booking === id;
    case "adopt-account":
      return false;
  }
}
