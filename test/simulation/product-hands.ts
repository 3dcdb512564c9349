import { ProductError } from "../../src/sandbox/product-error.ts";
import type { Member } from "../../src/sandbox/records.ts";
import type { Chance } from "./chance.ts";
import { noteEdit, type World } from "./world.ts";

/** What people do in the product itself. */
export type HandEvent =
  "book" | "edit" | "seat" | "group" | "status" | "role" | "delete" | "make" | "resize" | "email" | "unmark";

/** Does it to somebody, or to nobody when there is none whom it could befall. */
export function editByHand(world: World, event: HandEvent, chance: Chance): void {
  const { sandbox } = world;
  const members = sandbox.state.members.rows().map(({ value }) => value);
  // Mostly our own people's: a stranger's account is no business of ours, which the oracle checks.
  const some = members.filter(
    ({ role, externalRef }) => role === "member" && (externalRef !== null || chance.percent(20)),
  );
  if (event === "make") return makeByHand(world, chance);
  if (event === "resize") {
    const total = chance.between(0, 8);
    sandbox.state.seats.resize("standard", total);
    return world.tell(`product: ${total} seats`);
  }
  if (some.length === 0) return;
  const member = chance.oneOf(some);
  try {
    const what = HANDS[event](world, member, chance);
    if (what !== null) world.tell(`product: ${what} of ${member.email} (${member.id})`);
  } catch (error) {
    if (!(error instanceof ProductError)) throw error;
  }
}

type Hand = (world: World, member: Member, chance: Chance) => string | null;

const HANDS: Readonly<Record<Exclude<HandEvent, "make" | "resize">, Hand>> = {
  book(world, member, chance) {
    if (member.status !== "active") return null;
    bookFor(world, member.id, chance);
    return "a booking";
  },
  edit(world, member, chance) {
    world.sandbox.state.members.update(member.id, { displayName: `Edited ${chance.below(1000)}` });
    noteEdit(world.edits, member.id, "displayName");
    return "displayName";
  },
  email(world, member, chance) {
    world.sandbox.state.members.update(member.id, { email: `edited${chance.below(1000)}@acme.example` });
    noteEdit(world.edits, member.id, "email");
    return "email";
  },
  unmark(world, member) {
    world.sandbox.state.members.update(member.id, { externalRef: null });
    noteEdit(world.edits, member.id, "mark");
    return "the mark is wiped";
  },
  seat(world, member) {
    if (member.seat === null) world.sandbox.state.members.assignSeat(member.id, "standard");
    else world.sandbox.state.members.releaseSeat(member.id);
    noteEdit(world.edits, member.id, "seat");
    return "seat";
  },
  group(world, member, chance) {
    const groups = world.sandbox.state.groups.rows().map(({ value }) => value);
    if (groups.length === 0) return null;
    const { id } = chance.oneOf(groups);
    if (member.groupIds.includes(id)) world.sandbox.state.groups.removeMember(id, member.id);
    else world.sandbox.state.groups.addMember(id, member.id);
    noteEdit(world.edits, member.id, "groups");
    return "groups";
  },
  status(world, member) {
    const { members } = world.sandbox.state;
    if (member.status === "active") members.deactivate(member.id);
    else members.reactivate(member.id);
    noteEdit(world.edits, member.id, "status");
    return `status, which was ${member.status},`;
  },
  role(world, member, chance) {
    const role = chance.oneOf(["owner", "admin"] as const);
    world.sandbox.state.members.update(member.id, { role });
    noteEdit(world.edits, member.id, "role");
    return `role ${role}`;
  },
  delete(world, member) {
    world.sandbox.state.deleteMember(member.id);
    noteEdit(world.edits, member.id, "deleted");
    return "deletion";
  },
};

function makeByHand(world: World, chance: Chance): void {
  const email = `p${chance.below(world.scenario.identities + 2)}@acme.example`;
  const { members } = world.sandbox.state;
  if (members.rows(email).length > 0) return;
  const fields = { givenName: null, familyName: null, timezone: null, externalRef: null };
  const made = members.create({ email, displayName: "Made by hand", role: "member", ...fields });
  world.tell(`product: account ${made.id} made for ${email}`);
}

/** A meeting with one or two guests, between an hour and some weeks ahead, now and then one of a series. */
export function bookFor(world: World, hostId: string, chance: Chance): void {
  const at = Date.parse(world.clock.now()) + chance.between(1, 900) * 3_600_000;
  const guests = [0, 1].slice(0, chance.between(1, 2)).map((index) => `g${chance.below(50)}-${index}@guest.example`);
  world.sandbox.state.bookings.create({
    hostId,
    title: "Intro",
    startsAt: new Date(at).toISOString(),
    endsAt: new Date(at + 1_800_000).toISOString(),
    guests: guests.map((email) => ({ name: "Canary Guest", email })),
    seriesId: chance.percent(20) ? "ser_1" : null,
  });
}
