import { canonicalEmail, createMemberRoll } from "./member-roll.ts";
import { conflict, ProductError } from "./product-error.ts";
import type { Member, SandboxAmbient } from "./records.ts";
import type { Seats } from "./seats.ts";
import type { Row } from "./table.ts";

/** What a caller decides about a member. */
export interface MemberFields {
  readonly email: string;
  readonly givenName: string | null;
  readonly familyName: string | null;
  readonly displayName: string;
  readonly timezone: string | null;
  readonly role: Member["role"];
  readonly externalRef: string | null;
}

/** Members and their seats. Every method that is given an unknown id throws ProductError `not_found` (404). */
export interface Members {
  get(id: string): Member;
  has(id: string): boolean;
  /** All of them, or the one with this e-mail, compared without case. */
  rows(email?: string): readonly Row<Member>[];
  /** Throws ProductError `email_taken` (409). */
  create(fields: MemberFields): Member;
  /** Throws ProductError `email_taken` or `last_owner` (409). */
  update(id: string, fields: Partial<MemberFields>): Member;
  /** Shuts out; seat, groups and bookings stay. Throws ProductError `already_deactivated` or `last_owner` (409). */
  deactivate(id: string): Member;
  /** Throws ProductError `already_active` (409). */
  reactivate(id: string): Member;
  /** Takes a seat, giving back the one held before; `taken` is false when it was held already. Throws as Seats.take. */
  assignSeat(id: string, pool: string): { readonly member: Member; readonly taken: boolean };
  /** Throws ProductError `no_seat` (404) when none is held. */
  releaseSeat(id: string): void;
  setGroups(id: string, groupIds: readonly string[]): void;
  /** Frees the seat and the e-mail. Throws ProductError `last_owner` (409). */
  remove(id: string): void;
}

/** Nobody yet. */
export function createMembers({ clock, newId }: SandboxAmbient, seats: Seats): Members {
  const roll = createMemberRoll();
  return {
    get: roll.get,
    has: roll.has,
    rows: roll.rows,
    create(fields) {
      const email = canonicalEmail(fields.email);
      const start = { status: "active", seat: null, groupIds: [], createdAt: clock.now() } as const;
      return roll.add({ id: `mem_${newId()}`, ...fields, email, ...start });
    },
    update(id, fields) {
      const before = roll.get(id);
      if (fields.role !== undefined && fields.role !== "owner") roll.keepAnOwner(before);
      return roll.change(id, { ...fields, email: canonicalEmail(fields.email ?? before.email) });
    },
    deactivate(id) {
      const member = roll.get(id);
      if (member.status === "deactivated") throw conflict("already_deactivated", "this member is deactivated already");
      roll.keepAnOwner(member);
      return roll.change(id, { status: "deactivated" });
    },
    reactivate(id) {
      if (roll.get(id).status === "active") throw conflict("already_active", "this member is active already");
      return roll.change(id, { status: "active" });
    },
    assignSeat(id, pool) {
      const member = roll.get(id);
      if (member.seat === pool) return { member, taken: false };
      seats.take(pool);
      if (member.seat !== null) seats.free(member.seat);
      return { member: roll.change(id, { seat: pool }), taken: true };
    },
    releaseSeat(id) {
      const { seat } = roll.get(id);
      if (seat === null) throw new ProductError(404, "no_seat", "this member holds no seat");
      seats.free(seat);
      roll.change(id, { seat: null });
    },
    setGroups: (id, groupIds) => void roll.change(id, { groupIds }),
    remove(id) {
      const member = roll.get(id);
      roll.keepAnOwner(member);
      if (member.seat !== null) seats.free(member.seat);
      roll.strike(member);
    },
  };
}
