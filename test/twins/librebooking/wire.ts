import type { Group, LibreBookingState, Reservation, User } from "./state.ts";

/** Path of the interface on the host, as answers name it. */
export const SERVICES = "/Web/Services/index.php";

/** `2026-01-05T10:30:00+0000`: PHP's ISO 8601, without a colon in the offset. */
export function phpTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}+0000`;
}

/** A user in a list: ids and numbers are texts in all reads. */
export function userItem(user: User): Readonly<Record<string, unknown>> {
  return {
    id: String(user.id),
    userName: user.userName,
    firstName: user.firstName,
    lastName: user.lastName,
    emailAddress: user.emailAddress,
    phoneNumber: user.phone,
    statusId: String(user.status),
    timezone: user.timezone,
    organization: user.organization,
    position: user.position,
    language: user.language,
    customAttributes: user.attributes.map(({ id, value }) => ({ id: String(id), label: `Attribute ${id}`, value })),
  };
}

/** A user by itself, which also tells of groups. */
export function userRecord(user: User, state: LibreBookingState): Readonly<Record<string, unknown>> {
  const groups = state.groupsOf(user.id).map(({ id, name }) => ({ id: String(id), name }));
  return { ...userItem(user), permissions: [], groups };
}

/** All groups. Without any, PHP never makes the list. */
export function groupList(groups: readonly Group[]): Readonly<Record<string, unknown>> {
  const items = groups.map(({ id, name, isDefault }) => ({ id: String(id), name, isDefault }));
  return { groups: items.length === 0 ? null : items };
}

/** A group by itself: its members are paths, not ids. */
export function groupRecord({ id, name, isDefault, members }: Group): Readonly<Record<string, unknown>> {
  const users = [...members].map((member) => `${SERVICES}/Users/${member}`);
  return { id: String(id), name, adminGroup: null, permissions: [], viewPermissions: [], users, roles: [], isDefault };
}

/** A reservation in a list. */
export function reservationItem(reservation: Reservation, state: LibreBookingState): Readonly<Record<string, unknown>> {
  return {
    referenceNumber: reservation.reference,
    startDate: phpTime(reservation.startsMs),
    endDate: phpTime(reservation.endsMs),
    userId: String(reservation.owner),
    resourceId: "1",
    isRecurring: [...state.reservations.values()].filter(({ series }) => series === reservation.series).length > 1,
    requiresApproval: false,
    participants: byId(reservation.participants, state),
    invitees: byId(reservation.invitees, state),
    participatingGuests: reservation.participatingGuests,
    invitedGuests: reservation.invitedGuests,
  };
}

/** A reservation by itself. */
export function reservationRecord({
  reference,
  owner,
  startsMs,
  endsMs,
}: Reservation): Readonly<Record<string, unknown>> {
  return {
    referenceNumber: reference,
    startDateTime: phpTime(startsMs),
    endDateTime: phpTime(endsMs),
    resourceId: "1",
    owner: { userId: String(owner) },
  };
}

/** A PHP array with the ids as its keys: an object in JSON, or, when it is empty, a list. */
function byId(ids: readonly number[], { users }: LibreBookingState): unknown {
  if (ids.length === 0) return [];
  return Object.fromEntries(
    ids.map((id) => [id, `${users.get(id)?.firstName ?? ""} ${users.get(id)?.lastName ?? ""}`]),
  );
}

/** The body of a refusal. */
export function errors(...texts: readonly string[]): Readonly<Record<string, unknown>> {
  return { message: "There were errors processing your request", errors: texts };
}
