import { ProductError } from "../../src/sandbox/product-error.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import type { Hand, Hands } from "./product.ts";
import { noteEdit, type World } from "./world.ts";

/** What people can do to an account of the sandbox: everything. */
export function sandboxHands({ state }: Sandbox): Hands {
  const { members, groups } = state;
  const noted = (world: World, id: string, field: string, words: string = field): string => {
    noteEdit(world.edits, id, field);
    return words;
  };
  const hands: Hands = {
    book(world, { id, status }, chance) {
      if (status !== "active") return null;
      world.product.book(world, id, chance);
      return "a booking";
    },
    edit(world, { id }, chance) {
      members.update(id, { displayName: `Edited ${chance.below(1000)}` });
      return noted(world, id, "displayName");
    },
    email(world, { id }, chance) {
      members.update(id, { email: `edited${chance.below(1000)}@acme.example` });
      return noted(world, id, "email");
    },
    unmark(world, { id }) {
      members.update(id, { externalRef: null });
      return noted(world, id, "mark", "the mark is wiped");
    },
    seat(world, { id, seat }) {
      if (seat === null) members.assignSeat(id, "standard");
      else members.releaseSeat(id);
      return noted(world, id, "seat");
    },
    group(world, { id, groupIds }, chance) {
      const known = groups.rows().map(({ value }) => value);
      if (known.length === 0) return null;
      const group = chance.oneOf(known).id;
      if (groupIds.includes(group)) groups.removeMember(group, id);
      else groups.addMember(group, id);
      return noted(world, id, "groups");
    },
    status(world, { id, status }) {
      if (status === "active") members.deactivate(id);
      else members.reactivate(id);
      return noted(world, id, "status", `status, which was ${status},`);
    },
    role(world, { id }, chance) {
      const role = chance.oneOf(["owner", "admin"] as const);
      members.update(id, { role });
      return noted(world, id, "role", `role ${role}`);
    },
    delete(world, { id }) {
      state.deleteMember(id);
      return noted(world, id, "deleted", "deletion");
    },
  };
  return Object.fromEntries(Object.entries(hands).map(([event, hand]) => [event, unlessRefused(hand)]));
}

/** What the product refuses is not done. */
function unlessRefused(hand: Hand): Hand {
  return (world, account, chance) => {
    try {
      return hand(world, account, chance);
    } catch (error) {
      if (error instanceof ProductError) return null;
      throw error;
    }
  };
}
