import type { Invitation } from "./wire.ts";

/** Which id the account of each member has. Grows with the invitations that were ever accepted, by two ids each. */
export interface AccountIds {
  /** Remembers who accepted an invitation; of several the one that was made last. */
  note(invitation: Invitation): void;
  /** Null when no invitation of this user is known. */
  invitationOf(user: string): string | null;
  /** All accepted invitations have been noted: whoever has none was never invited. */
  isComplete(): boolean;
  complete(): void;
}

/**
 * Nobody's. An account has to keep its id when an invitation is accepted, or the link to it would break there and then.
 * Calendly has one id for the invitation, and others for the membership and its user, and only the accepted invitation knows
 * both. So an account goes by the latest invitation that its user accepted, and by the user where there is none.
 */
export function createAccountIds(): AccountIds {
  const latest = new Map<string, { readonly id: string; readonly at: string }>();
  let complete = false;
  return {
    note({ uri: id, status, user, created_at: at }) {
      if (status !== "accepted" || user === undefined || user === null) return;
      const known = latest.get(user);
      if (known === undefined || known.at <= at) latest.set(user, { id, at });
    },
    invitationOf: (user) => latest.get(user)?.id ?? null,
    isComplete: () => complete,
    complete: () => void (complete = true),
  };
}
