import type { OperationName } from "./schema-operations.ts";
import type { RecipePaging } from "./schema-request.ts";

const NOTHING: readonly string[] = [];

/** What each operation knows beside `$settings`, without `$`. */
export const VARIABLES: Readonly<Record<OperationName, readonly string[]>> = {
  readTenant: NOTHING,
  listAccounts: NOTHING,
  getAccount: ["account"],
  findAccount: ["email"],
  createAccount: ["email", "profile", "marker", "externalId"],
  updateAccount: ["account", "profile", "before", "changed"],
  deactivateAccount: ["account"],
  reactivateAccount: ["account"],
  deleteAccount: ["account"],
  listSeats: NOTHING,
  assignSeat: ["account", "seat"],
  releaseSeat: ["account", "seat"],
  listGroups: NOTHING,
  listMembers: ["group"],
  createGroup: ["groupName"],
  addToGroup: ["account", "group", "groupName"],
  removeFromGroup: ["account", "group", "groupName"],
  setMembers: ["group", "groupName", "members"],
  setGroups: ["account", "groups"],
  listBookings: ["account", "from", "to"],
  createBooking: ["account", "startsAt", "endsAt", "guestEmail"],
  cancelBooking: ["account", "booking", "startsAt", "reason"],
  reassignBooking: ["account", "booking", "startsAt", "newAccount"],
};

/** What the request of a list knows of the page that it asks for, without `$`. */
export const PAGING_VARIABLES: Readonly<Record<RecipePaging["by"], readonly string[]>> = {
  none: NOTHING,
  page: ["page", "size"],
  offset: ["offset", "size"],
  scim: ["startIndex", "size"],
  token: ["token", "size"],
  url: NOTHING,
  link: NOTHING,
};

/** What a check of an answer knows beside its body, without `$`. */
export const ANSWER_VARIABLES: readonly string[] = ["status", "text"];
