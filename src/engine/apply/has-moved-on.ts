import type { PersonPlan } from "../../domain/plan.ts";
import type { PeopleRun } from "./people-run.ts";

/**
 * True when the IdP has spoken about somebody since the plan was made, or another run has worked on them. Asked before
 * every change: whoever is brought back while their meetings are being cancelled keeps the rest of them. Whoever is more
 * urgent is let in first.
 */
export async function hasMovedOn(run: PeopleRun, { user, directory, version }: PersonPlan): Promise<boolean> {
  await run.crossing.pass();
  const { store, watch } = run;
  if (watch.isOvertaken(user)) return true;
  return (await store.read(directory, (tx) => tx.versionOf(user))) !== version;
}
