import type { ChangeKind } from "../../../src/domain/plan.ts";
import { badAnswerContract } from "../../contracts/connector-answers.ts";
import { connectorContract, type Declared } from "../../contracts/connector.ts";
import { createCalcomHarness } from "../../twins/calcom/harness.ts";

const CHANGES: readonly ChangeKind[] = [
  "create-account",
  "adopt-account",
  "update-account",
  "deactivate-account",
  "assign-seat",
  "release-seat",
  "create-group",
  "add-to-group",
  "remove-from-group",
  "cancel-booking",
  "reassign-booking",
];

const DECLARED: Declared = {
  changes: new Set(CHANGES),
  bookingOrder: "bookings-first",
  seats: "implied",
  bookings: "bridge",
  updates: new Set(["email", "timezone", "locale"]),
  invites: false,
  pendingGroups: false,
  deactivated: "gone",
  marker: true,
  seatCounts: false,
  parking: false,
};

connectorContract("calcom", DECLARED, (t) => createCalcomHarness(t));
badAnswerContract("calcom", DECLARED, createCalcomHarness, {
  errorInside: '{"status":"error","error":{"code":"InternalServerErrorException","message":"internal"}}',
});
