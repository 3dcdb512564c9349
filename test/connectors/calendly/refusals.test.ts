import test from "ava";
import {
  readCancellationRefusal,
  readInvitationRefusal,
  readListingRefusal,
  readRemovalRefusal,
  readRevocationRefusal,
  unknownRefusal,
  type Refusal,
} from "../../../src/connectors/calendly/refusals.ts";

const BOUGHT =
  "You already sent all the invitations you're allotted based upon the number of seats purchased with your account. " +
  "Please purchase more seats to send more invitations.";
const TRIAL = "You already sent all the invitations allotted to you with a trial account.";
const SCIM = "You cannot perform this action for an organization with SCIM enabled.";
const RIGHTS = "You do not have permission";

const denied = (message: string): Refusal => ({ status: 403, title: "Permission Denied", message });
const bad = (title: string): Refusal => ({ status: 400, title, message: "The request cannot be carried out." });

function table<M>(
  name: string,
  read: (refusal: Refusal) => M | null,
  cases: readonly (readonly [Refusal, M | null])[],
): void {
  for (const [refusal, meaning] of cases) {
    const words = refusal.status === 400 ? refusal.title : refusal.message;
    test(`${name}, ${refusal.status} "${words.slice(0, 60)}" means ${String(meaning)}`, (t) => {
      t.is(read(refusal), meaning);
    });
  }
}

table("an invitation", readInvitationRefusal, [
  [bad("Already Organization Member"), "taken"],
  [bad("Already Invited"), "taken"],
  [bad("Race Condition"), "race"],
  [bad("Invalid Email"), "unfit"],
  [bad("Invalid Argument"), "unfit"],
  [bad("Something New"), null],
  [denied(BOUGHT), "no-seat"],
  [denied(TRIAL), "no-seat"],
  [denied(SCIM), "scim"],
  [denied(RIGHTS), null],
  [denied(""), null],
  [{ status: 404, title: "Already Invited", message: BOUGHT }, null],
]);
table("a revocation", readRevocationRefusal, [
  [bad("Invitation Already Accepted"), "accepted"],
  [denied(SCIM), "scim"],
  [denied(RIGHTS), null],
]);
table("a removal", readRemovalRefusal, [
  [denied("You can not change owner role"), "owner"],
  [denied(SCIM), "scim"],
  [denied(RIGHTS), null],
]);
table("a cancellation", readCancellationRefusal, [
  [denied("Event is already canceled"), "over"],
  [denied("Event in the past"), "over"],
  [denied("You are not allowed to cancel this event"), "not-allowed"],
  [denied(RIGHTS), null],
  [bad("Event is already canceled"), null],
]);
table("a list of meetings", readListingRefusal, [
  [denied("This user is not in your organization"), "not-here"],
  [denied("You do not have permission to access this resource."), null],
  [denied("Please also specify organization when requesting events for a user within your organization."), null],
]);

test("what is refused for no known reason is told by its status, without Calendly's words", (t) => {
  const faults = [403, 404, 400].map((status) =>
    unknownRefusal("GET /groups", { ...denied("Ana is at home"), status }),
  );
  t.deepEqual(
    faults.map(({ reason }) => reason),
    ["auth", "missing", "rejected"],
  );
  t.true(faults.every(({ message }) => !message.includes("Ana")));
});
