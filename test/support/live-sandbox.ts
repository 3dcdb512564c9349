import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { createSandbox } from "../../src/sandbox/sandbox.ts";
import type { Sandbox, SandboxOptions } from "../../src/sandbox/sandbox.ts";
import type { SandboxClock } from "../../src/sandbox/records.ts";
import { SANDBOX_TOKEN } from "./sandbox.ts";

/** A sandbox on the machine's own clock, for bridges that run in another process. */
export interface LiveSandbox extends Sandbox {
  readonly url: string;
}

/** How a live sandbox differs from the usual one. `port`: where it listens, any free one unless told. */
export interface LiveSandboxOptions extends Partial<SandboxOptions> {
  readonly port?: number;
}

/** Real time. Whoever sleeps keeps no worker alive. */
const realClock: SandboxClock = {
  now: () => new Date().toISOString(),
  sleep: (ms) => pause(ms, undefined, { ref: false }),
};

/** Starts a sandbox that lives until the test ends. */
export async function startLiveSandbox(t: ExecutionContext, options: LiveSandboxOptions = {}): Promise<LiveSandbox> {
  const { port = 0, ...rest } = options;
  const sandbox = createSandbox({ token: SANDBOX_TOKEN, newId: randomUUID, clock: realClock, ...rest });
  const { url, close } = await sandbox.listen({ host: "127.0.0.1", port });
  t.teardown(() => close(0));
  return { ...sandbox, url };
}

/** One member as people would describe it. */
export interface ShownMember {
  readonly displayName: string;
  readonly status: string;
  readonly seat: string | null;
  /** Names, sorted. */
  readonly groups: readonly string[];
}

/** A sandbox without its ids and times: two runs of one story must show the same. */
export interface ShownSandbox {
  /** By e-mail, in order; the owner, whom no directory knows, is left out. */
  readonly members: Readonly<Record<string, ShownMember>>;
  /** Seats in use by pool. */
  readonly seats: Readonly<Record<string, number>>;
  /** Names of groups, sorted. */
  readonly groups: readonly string[];
  /** `host: title, status`, sorted. */
  readonly bookings: readonly string[];
  /** `kind to guest about title`, sorted; one entry for each mail. */
  readonly mails: readonly string[];
}

/** Shows a sandbox as it is now. */
export function showSandbox({ state }: Sandbox): ShownSandbox {
  const groupName = new Map(state.groups.rows().map(({ value }) => [value.id, value.name]));
  const members = state.members
    .rows()
    .map(({ value }) => value)
    .filter(({ role }) => role !== "owner");
  const email = new Map(state.members.rows().map(({ value }) => [value.id, value.email]));
  const bookings = state.bookings.rows({}).map(({ value }) => value);
  const title = new Map(bookings.map((booking) => [booking.id, booking.title]));
  return {
    members: Object.fromEntries(
      members
        .map((member): [string, ShownMember] => {
          const { displayName, status, seat, groupIds } = member;
          const groups = groupIds.map((id) => groupName.get(id) ?? id).sort();
          return [member.email, { displayName, status, seat, groups }];
        })
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    seats: Object.fromEntries(state.seats.pools().map(({ id, used }) => [id, used])),
    groups: [...groupName.values()].sort(),
    bookings: bookings
      .map((booking) => `${email.get(booking.hostId) ?? "nobody"}: ${booking.title}, ${state.bookings.status(booking)}`)
      .sort(),
    mails: state.outbox
      .rows()
      .map(({ value }) => `${value.kind} to ${value.to} about ${title.get(value.bookingId) ?? value.bookingId}`)
      .sort(),
  };
}

/** Writes that took effect, in order, as `POST /v1/members`, ids replaced by `:id`. */
export function effectiveWrites({ ledger }: Sandbox): readonly string[] {
  return ledger
    .rows()
    .filter(({ value }) => value.effect)
    .map(({ value }) => `${value.method} ${value.path.replaceAll(/\/(?:mem|grp|bkg)_[\w-]+/g, "/:id")}`);
}
