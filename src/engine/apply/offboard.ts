import type { ObservedAccount } from "../../domain/account.ts";
import { ConnectorError, LinkConflictError } from "../../domain/errors.ts";
import type { PersonPlan } from "../../domain/plan.ts";
import type { Subject } from "./carry-out.ts";
import { hasMovedOn } from "./has-moved-on.ts";
import { clearTheRest } from "./late-bookings.ts";
import type { PeopleRun, PersonOutcome, Step } from "./people-run.ts";
import { prove } from "./proof.ts";

/** How a leaver's run ended. */
type Ending = Pick<PersonOutcome, "state" | "error">;

/**
 * The end of a leaver: bookings are listed again until none is left that has to go, the account is read back, and a proof
 * is written. Throws what the store throws, and ConnectorError for refused credentials.
 */
export async function offboard(run: PeopleRun, subject: Subject, plan: PersonPlan, steps: Step[]): Promise<Ending> {
  const { link } = subject;
  if (link === null) return { state: "done", error: null };
  try {
    const { left, error } = await clearTheRest(run, subject, plan, steps);
    if (error !== null) return { state: "failed", error };
    if (await hasMovedOn(run, plan)) return { state: "superseded", error: null };
    const found = await run.connector.find({ account: link.account, email: plan.label }, run.signal, true);
    const account = found.find(({ id }) => id === link.account);
    const complaint = complaintAbout(account, run);
    if (complaint !== null) throw new ConnectorError("rejected", complaint);
    await prove(run, link, plan, { account, bookingsLeft: left });
    return { state: "done", error: null };
  } catch (error) {
    // Somebody came back meanwhile, and took the link over.
    if (error instanceof LinkConflictError) return { state: "superseded", error: null };
    if (!(error instanceof ConnectorError) || error.reason === "auth") throw error;
    return { state: "failed", error };
  }
}

/** Says what is wrong with what was read back; null when the person is shut out. */
function complaintAbout(account: ObservedAccount | undefined, run: PeopleRun): string | null {
  if (account === undefined) return null;
  if (run.leavers.action === "delete") return "The product still shows the account that was deleted.";
  if (account.status !== "deactivated") return `The product still shows the account as ${account.status}.`;
  if (account.seat !== null) return `The account still holds a ${account.seat} seat.`;
  if (account.groups.length > 0) return `The account is still in ${account.groups.length} groups.`;
  return null;
}
