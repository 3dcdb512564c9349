import type { AccountLink, Booking, ObservedAccount } from "../domain/account.ts";
import { ConnectorError, LinkConflictError } from "../domain/errors.ts";
import type { PersonChange, PersonPlan } from "../domain/plan.ts";
import type { PeopleRun, PersonOutcome, Step } from "./people-run.ts";
import { carryOut, type Subject } from "./carry-out.ts";
import { hasMovedOn } from "./has-moved-on.ts";
import { prove } from "./proof.ts";

/** Rounds of listing and cancelling before we give up for this run: guests may go on booking while an account is open. */
const ROUNDS = 5;

/** How a leaver's run ended. */
type Ending = Pick<PersonOutcome, "state" | "error">;

/**
 * The end of a leaver: bookings are listed again until none is left, the account is read back, and a proof is written.
 * Bookings that turned up meanwhile are cancelled only where this very plan shuts the account, and within its budget;
 * otherwise they are left to the next plan. Throws what the store throws, and ConnectorError for refused credentials.
 */
export async function offboard(run: PeopleRun, subject: Subject, plan: PersonPlan, steps: Step[]): Promise<Ending> {
  const { link } = subject;
  if (link === null) return { state: "done", error: null };
  try {
    const left = await cancelTheRest(run, subject, link, plan, steps);
    if (await hasMovedOn(run, plan)) return { state: "superseded", error: null };
    const found = await run.connector.find({ account: link.account, email: plan.label }, run.signal);
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

/** How many bookings are left; null where nobody looks: they are kept, gone with the account, or not to be cancelled there. */
async function cancelTheRest(
  run: PeopleRun,
  subject: Subject,
  link: AccountLink,
  plan: PersonPlan,
  steps: Step[],
): Promise<number | null> {
  const canCancel = run.connector.capabilities.changes.has("cancel-booking");
  if (!canCancel || run.leavers.bookings.action === "keep") return null;
  if (steps.some(({ change }) => change.kind === "delete-account")) return null;
  for (let round = 1; ; round += 1) {
    const left = await upcoming(run, link);
    if (left.length === 0) return 0;
    if (plan.confirms === true || round > ROUNDS) {
      throw new ConnectorError("rejected", `${left.length} upcoming bookings are left: the next plan takes them.`);
    }
    for (const booking of left) {
      if (await hasMovedOn(run, plan)) return left.length;
      await cancelOne(run, subject, booking, steps);
    }
  }
}

async function cancelOne(run: PeopleRun, subject: Subject, booking: Booking, steps: Step[]): Promise<void> {
  if (run.stop.aborted) throw new ConnectorError("unavailable", "The run was stopped before all bookings were gone.");
  if (!run.budget.takeCancellation(subject.user)) {
    const detail = "More bookings turned up than limits.cancelBookings allows: the next plan takes them.";
    throw new ConnectorError("rejected", detail);
  }
  const { id, account, startsAt, guests } = booking;
  const because = ["booked while the account was being shut"];
  const about = { cause: "leaver", because, account, booking: id, startsAt, guests } as const;
  const change: PersonChange = { kind: "cancel-booking", ...about };
  const outcome = await carryOut(run, subject, change);
  steps.push({ change, effect: outcome.effect, at: run.ambient.clock.now() });
  if (outcome.effect === "changed") run.budget.spend(change);
  if (outcome.effect === "failed" && outcome.error.reason === "auth") throw outcome.error;
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

/** An account that is gone has no bookings. */
async function upcoming(run: PeopleRun, { account }: AccountLink): Promise<readonly Booking[]> {
  try {
    return await Array.fromAsync(run.connector.bookings(account, run.ambient.clock.now(), run.signal));
  } catch (error) {
    if (error instanceof ConnectorError && error.reason === "missing") return [];
    throw error;
  }
}
