import { conflict, notFound } from "./product-error.ts";
import type { Member } from "./records.ts";
import { createTable } from "./table.ts";
import type { Row } from "./table.ts";

/** Who is a member, by id and by e-mail, with the rules that hold for the roll as a whole. */
export interface MemberRoll {
  /** Throws ProductError `not_found` (404). */
  get(id: string): Member;
  has(id: string): boolean;
  /** All of them, or the one with this e-mail, compared without case. */
  rows(email?: string): readonly Row<Member>[];
  /** Throws ProductError `email_taken` (409). */
  add(member: Member): Member;
  /** Throws ProductError `not_found` (404) or `email_taken` (409). */
  change(id: string, fields: Partial<Member>): Member;
  strike(member: Member): void;
  /** Throws ProductError `last_owner` (409) when nobody but this member owns the product. */
  keepAnOwner(member: Member): void;
}

/** Nobody yet. */
export function createMemberRoll(): MemberRoll {
  const table = createTable<Member>();
  const idByEmail = new Map<string, string>();

  function get(id: string): Member {
    const member = table.get(id);
    if (member === undefined) throw notFound("member");
    return member;
  }
  function claimEmail({ id, email }: Member): void {
    const holder = idByEmail.get(email);
    if (holder !== undefined && holder !== id) throw conflict("email_taken", "another member has this e-mail address");
    idByEmail.set(email, id);
  }

  return {
    get,
    has: (id) => table.get(id) !== undefined,
    rows(email) {
      if (email === undefined) return table.rows();
      const id = idByEmail.get(canonicalEmail(email));
      return id === undefined ? [] : table.rowsOf([id]);
    },
    add(member) {
      claimEmail(member);
      table.insert(member);
      return member;
    },
    change(id, fields) {
      const before = get(id);
      const after = { ...before, ...fields };
      claimEmail(after);
      if (after.email !== before.email) idByEmail.delete(before.email);
      table.replace(after);
      return after;
    },
    strike({ id, email }) {
      idByEmail.delete(email);
      table.remove(id);
    },
    keepAnOwner(member) {
      if (member.role !== "owner" || member.status !== "active") return;
      const owners = table.rows().filter(({ value }) => value.role === "owner" && value.status === "active");
      if (owners.length === 1) throw conflict("last_owner", "the last active owner cannot be shut out or demoted");
    },
  };
}

/** The form in which addresses are kept and compared. */
export function canonicalEmail(email: string): string {
  return email.trim().toLowerCase();
}
