import type { PersonPlan } from "../domain/plan.ts";
import type { PeopleRun } from "./people-run.ts";

/**
 * True when the IdP has spoken about somebody since the plan was made. Asked before every change: whoever is brought back
 * while their meetings are being cancelled keeps the rest of them.
 */
export async function hasMovedOn({ store }: PeopleRun, { user, directory, version }: PersonPlan): Promise<boolean> {
  return (await store.read(directory, (tx) => tx.versionOf(user))) !== version;
}
