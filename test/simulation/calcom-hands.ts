import { addMembership, change, leave, membershipIn, type CalcomState } from "../twins/calcom/state.ts";
import type { Account, Hands } from "./product.ts";
import { noteEdit, type World } from "./world.ts";

/** What people can do to an account of Cal.com by themselves. */
export function calcomHands(state: CalcomState): Hands {
  const noted = (world: World, { id }: Account, field: string, words = field): string => {
    noteEdit(world.edits, id, field);
    return words;
  };
  return {
    book(world, account, chance) {
      if (account.status !== "active") return null;
      world.product.book(world, account.id, chance);
      return "a booking";
    },
    edit(world, account, chance) {
      change(state, Number(account.id), { name: `Edited ${chance.below(1000)}` });
      return noted(world, account, "displayName");
    },
    email(world, account, chance) {
      change(state, Number(account.id), { email: `edited${chance.below(1000)}@acme.example` });
      return noted(world, account, "email");
    },
    unmark(world, account) {
      change(state, Number(account.id), { metadata: {} });
      return noted(world, account, "mark", "the mark is wiped");
    },
    group(world, account, chance) {
      const teams = [...state.teams.keys()];
      if (teams.length === 0) return null;
      const team = chance.oneOf(teams);
      const membership = membershipIn(state, team, Number(account.id));
      if (membership !== undefined) state.memberships.delete(membership.id);
      else addMembership(state, { team, user: Number(account.id), role: "MEMBER", accepted: true });
      return noted(world, account, "groups");
    },
    role(world, account) {
      const membership = membershipIn(state, state.organization, Number(account.id));
      if (membership === undefined) return null;
      state.memberships.set(membership.id, { ...membership, role: "ADMIN" });
      return noted(world, account, "role", "role admin");
    },
    delete(world, account) {
      const membership = membershipIn(state, state.organization, Number(account.id));
      if (membership === undefined) return null;
      leave(state, membership);
      return noted(world, account, "deleted", "removal");
    },
  };
}
