import { z } from "zod";
import type { RequestProblem } from "./product-error.ts";
import { guests, memberBody, problems, toMemberFields } from "./requests.ts";
import type { SandboxAmbient } from "./records.ts";
import type { SandboxState } from "./state.ts";

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `-90m`, `2h`, `3d`, `1w` -> milliseconds; may be negative. */
const span = z
  .string()
  .regex(/^-?\d{1,6}[mhdw]$/, "must be a number and a unit, such as 90m, 2h, 3d or 1w")
  .transform((value) => Number(value.slice(0, -1)) * unitMs(value.slice(-1)));

const seedMember = memberBody.extend({
  status: z.enum(["active", "deactivated"]).default("active"),
  seat: z.string().min(1).nullable().default(null),
  groups: z.array(z.string().min(1)).default([]),
});

const seedBooking = z
  .strictObject({
    /** E-mail of a member. */
    host: z.string().min(1),
    title: z.string().min(1).default("Meeting"),
    startsAt: z.iso.datetime({ offset: true }).exactOptional(),
    /** Instead of `startsAt`: from now. */
    startsIn: span.exactOptional(),
    minutes: z.number().min(1).max(10_080).default(30),
    guests: guests.default([]),
    repeat: z.strictObject({ every: span, count: z.int().min(2).max(500) }).exactOptional(),
  })
  .refine((booking) => (booking.startsAt === undefined) !== (booking.startsIn === undefined), {
    message: "needs either startsAt or startsIn",
  });

const seedSchema = z.strictObject({
  seats: z.record(z.string().min(1), z.int().min(0)).exactOptional(),
  groups: z.array(z.string().min(1)).default([]),
  members: z.array(seedMember).default([]),
  bookings: z.array(seedBooking).default([]),
});

/** What a sandbox holds when it starts. */
export type Seed = z.output<typeof seedSchema>;

/** A seed that cannot be used; lists every fault. */
export class SeedError extends Error {
  readonly code = "sandbox.seed";
  readonly problems: readonly RequestProblem[];
  constructor(found: readonly RequestProblem[], options?: ErrorOptions) {
    const lines = found.map(({ path, message }) => `  ${path === "" ? "(root)" : path}: ${message}`);
    super(["the seed of the sandbox cannot be used:", ...lines].join("\n"), options);
    this.name = "SeedError";
    this.problems = found;
  }
}

/** The seed in a parsed JSON file, with defaults filled in. Throws SeedError. */
export function parseSeed(json: unknown): Seed {
  const result = seedSchema.safeParse(json);
  if (result.success) return result.data;
  throw new SeedError(problems(result.error));
}

const FIRST_OWNER = {
  email: "owner@acme.example",
  givenName: "Olive",
  familyName: "Owner",
  displayName: "Olive Owner",
};

/**
 * Fills an empty product. Somebody must own it: without an owner in the seed, `owner@acme.example` is made. Groups that
 * only a member names are created. Throws SeedError when the seed contradicts itself (an e-mail twice, too few seats).
 */
export function plant(seed: Seed, state: SandboxState, { clock, newId }: SandboxAmbient): void {
  if (!seed.members.some((member) => member.role === "owner" && member.status === "active")) {
    state.members.create({ ...FIRST_OWNER, timezone: null, role: "owner", externalRef: null });
  }
  const now = Date.parse(clock.now());
  each("groups", seed.groups, (name) => void groupId(state, name));
  each("members", seed.members, (member) => plantMember(member, state));
  each("bookings", seed.bookings, (booking) => plantBooking(booking, state, now, newId));
  // Last, since a deactivated host takes no bookings.
  each("members", seed.members, (member) => {
    if (member.status === "deactivated") state.members.deactivate(memberId(state, member.email));
  });
}

function plantMember(member: z.output<typeof seedMember>, state: SandboxState): void {
  const { seat, groups } = member;
  const { id } = state.members.create(toMemberFields(member));
  if (seat !== null) state.members.assignSeat(id, seat);
  for (const name of groups) state.groups.addMember(groupId(state, name), id);
}

function plantBooking(
  booking: z.output<typeof seedBooking>,
  state: SandboxState,
  now: number,
  newId: () => string,
): void {
  const hostId = memberId(state, booking.host);
  const first = booking.startsAt === undefined ? now + (booking.startsIn ?? 0) : Date.parse(booking.startsAt);
  const seriesId = booking.repeat === undefined ? null : `ser_${newId()}`;
  for (let occurrence = 0; occurrence < (booking.repeat?.count ?? 1); occurrence++) {
    const start = first + occurrence * (booking.repeat?.every ?? 0);
    state.bookings.create({
      hostId,
      title: booking.title,
      startsAt: new Date(start).toISOString(),
      endsAt: new Date(start + booking.minutes * UNIT_MS.m).toISOString(),
      guests: booking.guests,
      seriesId,
    });
  }
}

function groupId(state: SandboxState, name: string): string {
  return (state.groups.byName(name) ?? state.groups.create(name)).id;
}

function memberId(state: SandboxState, email: string): string {
  const id = state.members.rows(email)[0]?.value.id;
  if (id === undefined) throw new Error(`no member has the address ${email}`);
  return id;
}

function each<T>(list: string, entries: readonly T[], act: (entry: T) => void): void {
  for (const [index, entry] of entries.entries()) {
    try {
      act(entry);
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      throw new SeedError([{ path: `${list}.${index}`, message }], { cause });
    }
  }
}

function unitMs(unit: string): number {
  return Object.entries(UNIT_MS).find(([name]) => name === unit)?.[1] ?? 0;
}
