import { randomUUID } from "node:crypto";
import type { ExecutionContext } from "ava";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { startLiveSandbox } from "./live-sandbox.ts";
import type { LiveSandbox, LiveSandboxOptions } from "./live-sandbox.ts";

/**
 * Starts a sandbox that holds what another one holds, under the same ids, so that a copy of the database that belongs
 * to the first fits the second. The ledger, the outbox and the faults begin empty.
 */
export async function cloneSandbox(
  t: ExecutionContext,
  { state }: Sandbox,
  options: LiveSandboxOptions = {},
): Promise<LiveSandbox> {
  const ids: string[] = [];
  const seats = Object.fromEntries(state.seats.pools().map(({ id, total }) => [id, total]));
  const clone = await startLiveSandbox(t, { ...options, seats, newId: () => ids.shift() ?? randomUUID() });
  const under = <T>(id: string, make: () => T): T => {
    ids.push(id.slice(id.indexOf("_") + 1));
    return make();
  };
  for (const { value: group } of state.groups.rows()) under(group.id, () => clone.state.groups.create(group.name));
  for (const { value: member } of state.members.rows().filter(({ value }) => value.role !== "owner")) {
    const { email, givenName, familyName, displayName, timezone, role, externalRef } = member;
    const fields = { email, givenName, familyName, displayName, timezone, role, externalRef };
    under(member.id, () => clone.state.members.create(fields));
    if (member.seat !== null) clone.state.members.assignSeat(member.id, member.seat);
    for (const group of member.groupIds) clone.state.groups.addMember(group, member.id);
  }
  for (const { value: booking } of state.bookings.rows({})) {
    const { id, hostId, title, startsAt, endsAt, guests, seriesId } = booking;
    under(id, () => clone.state.bookings.create({ hostId, title, startsAt, endsAt, guests, seriesId }));
  }
  for (const { value } of state.members.rows().filter(({ value }) => value.status === "deactivated")) {
    clone.state.members.deactivate(value.id);
  }
  return clone;
}
