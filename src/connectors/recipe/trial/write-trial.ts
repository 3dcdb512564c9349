import type {
  AccountId,
  AccountProfile,
  Booking,
  DesiredAccount,
  ObservedAccount,
  Seat,
} from "../../../domain/account.ts";
import type { DirectoryId, DirectoryUserId } from "../../../domain/directory.ts";
import { ConnectorError } from "../../../domain/errors.ts";
import { addMs } from "../../../domain/instant.ts";
import type { Change, ChangeKind } from "../../../domain/plan.ts";
import type { Applied, ApplyContext } from "../../../ports/connector.ts";
import { listGroups } from "../groups.ts";
import { listSeats } from "../observe.ts";
import { placeOf } from "../product.ts";
import { attempt, TrialFault } from "./trial.ts";
import type { Trial, TrialFinding } from "./trial.ts";

const CAUSE = { cause: "joiner", because: ["recipe test"] } as const;
const DAY_MS = 86_400_000;
const HALF_HOUR_MS = 1_800_000;
const GUEST = "rosterbridge-test-guest@example.invalid";

/** A test person who is there. */
interface Person {
  readonly trial: Trial;
  readonly id: AccountId;
  readonly email: string;
}

/**
 * Tries what writes, on a test person with this e-mail: creates them, changes them, shuts them out and removes them, and
 * says exactly what is left. Touches nobody else: an address that is somebody's already is refused.
 */
export async function* tryWriting(trial: Trial, email: string): AsyncGenerator<TrialFinding> {
  const { connector } = trial;
  if (!connector.capabilities.changes.has("create-account")) {
    yield {
      subject: "createAccount",
      verdict: "warning",
      detail: "The recipe cannot make accounts, so that nothing that writes was tried.",
    };
    return;
  }
  let id: AccountId | undefined;
  let isTaken = true;
  yield await attempt(trial, "createAccount", async () => {
    isTaken = (await connector.find({ email }, trial.signal)).length > 0;
    if (isTaken) {
      throw new TrialFault(`There is an account with the address ${email} already.`, "Name another one by --email.");
    }
    id = (await apply(trial, { kind: "create-account", ...CAUSE, desired: desiredOf(trial, email) })).account;
    const shown = await theirs(trial, email);
    if (shown.id !== id) throw new TrialFault("The new account shows another id.", "Check account in createAccount.");
    return `The account ${shown.id} is there, and ${shown.status}.`;
  });
  // A create that failed may have been done all the same.
  if (id === undefined && !isTaken) id = await leftover(trial, email);
  if (id === undefined) return;
  const person: Person = { trial, id, email };
  try {
    yield* changes(person);
  } finally {
    // Also when somebody stops listening in between: nothing is to stay behind silently.
    yield* farewell(person);
  }
}

async function* changes(person: Person): AsyncGenerator<TrialFinding> {
  const { trial, id } = person;
  const { changes: possible } = trial.connector.capabilities;
  if (possible.has("update-account")) yield await attempt(trial, "updateAccount", () => rename(person));
  if (trial.connector.capabilities.seats === "assigned") yield* seat(person);
  if (possible.has("add-to-group")) yield* group(person);
  if (possible.has("cancel-booking")) yield* booking(person);
  if (!possible.has("deactivate-account")) return;
  yield await attempt(trial, "deactivateAccount", async () => {
    await apply(trial, { kind: "deactivate-account", ...CAUSE, account: id });
    const [shown] = await trial.connector.find({ account: id, email: person.email }, trial.signal);
    if (shown === undefined && trial.connector.capabilities.deactivated === "gone") return "The account is gone.";
    if (shown?.status === "deactivated") return "The account shows as deactivated.";
    throw new TrialFault(
      "The account does not show as deactivated.",
      "Check account.status and capabilities.deactivated.",
    );
  });
  if (!possible.has("reactivate-account")) return;
  yield await attempt(trial, "reactivateAccount", async () => {
    await apply(trial, { kind: "reactivate-account", ...CAUSE, account: id });
    const { status } = await theirs(trial, person.email);
    if (status === "deactivated") throw new TrialFault("The account still shows as deactivated.", "Check its steps.");
    await apply(trial, { kind: "deactivate-account", ...CAUSE, account: id });
    return `The account showed as ${status}, and was shut again.`;
  });
}

async function rename({ trial, id, email }: Person): Promise<string> {
  const before = (await theirs(trial, email)).profile;
  const wanted: AccountProfile = { ...before, displayName: "Rosterbridge Trial", familyName: "Trial" };
  const after = trial.connector.normalize({ ...desiredOf(trial, email), profile: wanted }).profile;
  await apply(trial, { kind: "update-account", ...CAUSE, account: id, before, after });
  const shown = (await theirs(trial, email)).profile;
  const { updates } = trial.connector.capabilities;
  const differing = [...updates].filter((field) => after[field] !== undefined && shown[field] !== after[field]);
  if (differing.length === 0) return "What was written is read back.";
  throw new TrialFault(`What was written is not read back: ${differing.join(", ")}.`, "Check its body, and profile.");
}

async function* seat(person: Person): AsyncGenerator<TrialFinding> {
  const { trial, id, email } = person;
  const account = { by: "id", id } as const;
  const [pool] = (await listSeats(trial.product, trial)) ?? [];
  if (pool === undefined) {
    yield notTried("assignSeat", "without listSeats nobody knows the name of a pool");
    return;
  }
  const given: Seat = pool[0];
  yield await attempt(trial, "assignSeat", async () => {
    await apply(trial, { kind: "assign-seat", ...CAUSE, account, seat: given });
    if ((await theirs(trial, email)).seat === given) return `The account shows a ${given} seat.`;
    throw new TrialFault("The seat is not read back.", "Check account.seat.");
  });
  yield await attempt(trial, "releaseSeat", async () => {
    await apply(trial, { kind: "release-seat", ...CAUSE, account, seat: given });
    if ((await theirs(trial, email)).seat === null) return "The seat is free again.";
    throw new TrialFault("The account still shows a seat.", "Check account.seat.");
  });
}

async function* group(person: Person): AsyncGenerator<TrialFinding> {
  const { trial, id, email } = person;
  const [found] = await listGroups(trial.product, trial);
  if (found === undefined) {
    yield notTried("addToGroup", "there is no group, and one that was made could not be removed again");
    return;
  }
  const change = { ...CAUSE, account: { by: "id", id }, group: { by: "id", ...found } } as const;
  const isIn = async (): Promise<boolean> => (await theirs(trial, email)).groups.includes(found.id);
  yield await attempt(trial, "addToGroup", async () => {
    await apply(trial, { kind: "add-to-group", ...change });
    if (await isIn()) return "The account shows the group.";
    throw new TrialFault("The group is not read back.", "Check account.groups, or how members are listed.");
  });
  yield await attempt(trial, "removeFromGroup", async () => {
    await apply(trial, { kind: "remove-from-group", ...change });
    if (!(await isIn())) return "The account is out of the group again.";
    throw new TrialFault("The account still shows the group.", "Check account.groups, or how members are listed.");
  });
}

async function* booking(person: Person): AsyncGenerator<TrialFinding> {
  const { trial, id } = person;
  const { product } = trial;
  const { createBooking } = product.recipe.operations;
  if (createBooking === undefined) {
    yield notTried("cancelBooking", "the recipe has no createBooking to have something to cancel");
    return;
  }
  yield await attempt(trial, "createBooking", async () => {
    const startsAt = addMs(product.clock.now(), 7 * DAY_MS);
    const scope = { account: id, startsAt, endsAt: addMs(startsAt, HALF_HOUR_MS), guestEmail: GUEST };
    const place = placeOf(product, "createBooking");
    await product.runSteps({ steps: createBooking.steps, scope, place, how: { signal: trial.signal } });
    if ((await upcoming(person)).length > 0) return "The booking is listed.";
    throw new TrialFault("The booking is not listed.", "Check items, where and window of listBookings.");
  });
  yield await attempt(trial, "cancelBooking", async () => {
    for (const one of await upcoming(person)) await cancel(person, one);
    if ((await upcoming(person)).length === 0) return "No upcoming booking is listed any more.";
    throw new TrialFault(
      "The booking is still listed.",
      "Check where of listBookings, and the steps of cancelBooking.",
    );
  });
}

function upcoming({ trial, id }: Person): Promise<readonly Booking[]> {
  return Array.fromAsync(trial.connector.bookings(id, trial.product.clock.now(), trial.signal));
}

function cancel({ trial, id }: Person, { id: one, startsAt, guests }: Booking): Promise<Applied> {
  return apply(trial, { kind: "cancel-booking", ...CAUSE, account: id, booking: one, startsAt, guests });
}

/** Removes the test person as far as the product lets us, and says what is left. */
async function* farewell({ trial, id, email }: Person): AsyncGenerator<TrialFinding> {
  const { connector } = trial;
  if (connector.capabilities.changes.has("delete-account")) {
    yield await attempt(trial, "deleteAccount", async () => {
      await apply(trial, { kind: "delete-account", ...CAUSE, account: id });
      return "The test person was deleted.";
    });
  }
  yield await attempt(trial, "left behind", async () => {
    const left = await connector.find({ account: id, email }, trial.signal);
    const [account] = left;
    if (account === undefined) return "Nothing is left behind.";
    if (account.status === "deactivated") return `The account ${account.id} (${email}) is left, deactivated.`;
    throw new TrialFault(
      `The account ${account.id} (${email}) is left, ${account.status}.`,
      "Remove it in the product, or try again with --allow-delete where the recipe has deleteAccount.",
    );
  });
}

/** Nobody had this address before. */
async function leftover({ connector, signal }: Trial, email: string): Promise<AccountId | undefined> {
  try {
    return (await connector.find({ email }, signal))[0]?.id;
  } catch (error) {
    if (error instanceof ConnectorError) return undefined;
    throw error;
  }
}

const NAME = "Rosterbridge Test";
const FAMILY = "Test";

function desiredOf({ connector, newId }: Trial, email: string): DesiredAccount {
  return connector.normalize({
    user: newId() as DirectoryUserId,
    directory: "recipe-test" as DirectoryId,
    status: "active",
    profile: { email, displayName: NAME, givenName: "Rosterbridge", familyName: FAMILY, timezone: "Europe/London" },
    seat: null,
    seatRank: 0,
    groups: [],
    because: [],
    unmapped: [],
  });
}

async function theirs({ connector, signal }: Trial, email: string): Promise<ObservedAccount> {
  const [found] = await connector.find({ email }, signal);
  if (found !== undefined) return found;
  throw new TrialFault("The account is not found by its e-mail.", "Check findAccount, and account.email.");
}

function apply({ connector, signal, newId }: Trial, change: Change): Promise<Applied> {
  const context: ApplyContext = {
    signal,
    urgent: false,
    patience: signal,
    idempotencyKey: newId(),
    guestReason: "This was a test of Rosterbridge.",
    mayHaveHappened: false,
    account: (ref) => referred(ref, change.kind),
    group: (ref) => referred(ref, change.kind),
  };
  return connector.apply(change, context);
}

/** A trial refers to accounts and groups by their ids alone. */
function referred<Id>(
  ref: { readonly by: "id"; readonly id: Id } | { readonly by: "user" | "name" },
  kind: ChangeKind,
): Id {
  if (ref.by === "id") return ref.id;
  throw new ConnectorError("missing", `${kind} refers to something that does not exist yet`);
}

function notTried(subject: string, why: string): TrialFinding {
  return { subject, verdict: "warning", detail: `It was not tried: ${why}.` };
}
