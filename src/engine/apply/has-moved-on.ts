import type { PersonChange, PersonPlan } from "../../domain/plan.ts";
import type { PeopleRun } from "./people-run.ts";

/**
 * True when the IdP has spoken about somebody since the plan was made, or another run has worked on them. Asked before
 * every change: whoever is brought back while their meetings are being cancelled keeps the rest of them. Whoever is more
 * urgent is let in first.
 */
export async function hasMovedOn(run: PeopleRun, plan: PersonPlan): Promise<boolean> {
  await run.crossing.pass();
  const { user, directory, version } = plan;
  const { store, watch } = run;
  if (watch.isOvertaken(user)) return true;
  if ((await store.read(directory, (tx) => tx.versionOf(user))) !== version) return true;
  return plan.cause === "leaver" && (await isPassedOn(run, plan));
}

/** Whoever is hired again takes the account over at once, and nothing is said about the person who they were. */
async function isPassedOn({ store }: PeopleRun, { user, changes }: PersonPlan): Promise<boolean> {
  const link = await store.links.get(user);
  return link === undefined && !changes.some(isFirstContact);
}

function isFirstContact({ kind }: PersonChange): boolean {
  return kind === "adopt-account";
}
