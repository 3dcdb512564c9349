import type { Instant } from "../../domain/brand.ts";
import { addMs } from "../../domain/instant.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { Bridge } from "../bootstrap.ts";
import { GROUP_OF, hireEverybody, type Department, type Employee } from "./company.ts";
import type { Okta } from "./okta.ts";
import type { ProductView } from "./product.ts";
import type { Stage } from "./stage.ts";
import { SEATS } from "./settings.ts";

/** Who plays. */
export interface Cast {
  readonly okta: Okta;
  readonly view: ProductView;
  readonly stage: Stage;
  readonly bridge: Bridge;
  readonly clock: Clock;
}

/** What the product must show at the end. */
export interface Expected {
  /** By e-mail. */
  readonly members: ReadonlyMap<string, ExpectedMember>;
  readonly seatsUsed: number;
  readonly bookingsCancelled: number;
  readonly bookingsKept: number;
  /** Each guest of each cancelled booking, once. */
  readonly mailed: readonly string[];
}

/** What one account must be. */
export interface ExpectedMember {
  readonly displayName: string;
  readonly status: "active" | "deactivated";
  readonly seat: "standard" | null;
  readonly groups: readonly string[];
}

const PATIENCE_MS = 30_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const RENAMED = { userName: "bo@acme.example", familyName: "Lind" };
const MOVED = { userName: "carla@acme.example", department: "Support" as Department };
const LEAVERS = ["ana@acme.example", "sami@acme.example"] as const;
const REHIRED = LEAVERS[1];

/** Plays every act over real HTTP, waiting after each until the bridge has done what it decided to do. */
export async function playStory(cast: Cast): Promise<Expected> {
  const { okta, view, stage } = cast;
  const people = hireEverybody();
  // A bridge begins with a full run: over nobody yet.
  await untilRun(cast, 0);
  stage.act(
    "Okta tests the connection and assigns 25 people",
    `The product has ${SEATS} seats: one of them will have to wait.`,
  );
  await settle(cast, async () => {
    await okta.testConnection();
    for (const person of people) await okta.assign(person);
  });

  stage.act("Guests book meetings with Ana and Sami", "One-off and weekly ones, some of them long past.");
  const bookings = await bookMeetings(cast);

  stage.act("Bo gets a new name, Carla moves from Sales to Support");
  await settle(cast, async () => {
    await okta.updateProfile(RENAMED.userName, { familyName: RENAMED.familyName });
    await okta.updateProfile(MOVED.userName, { department: MOVED.department });
  });

  stage.act(
    "Ana and Sami leave",
    "Access ends, bookings are cancelled, guests are told, and a seat is free for who waited.",
  );
  await settle(cast, async () => {
    for (const userName of LEAVERS) await okta.deactivate(userName);
  });

  stage.act("Sami comes back", "Account, seat and group return; cancelled bookings stay cancelled.");
  await settle(cast, () => okta.reactivate(REHIRED));

  stage.act("Nothing has changed, so a full run must write nothing");
  await runInVain(cast);
  return expectation(people, bookings, (await view.read()).bookings.length);
}

/** Pushes, then waits until nobody is waiting to be looked at and the runs are over. */
async function settle(cast: Cast, push: () => Promise<void>): Promise<void> {
  const runsBefore = cast.stage.runs();
  await push();
  await untilRun(cast, runsBefore);
}

async function untilRun({ bridge, stage, clock }: Cast, runsBefore: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 20) {
    if (stage.runs() > runsBefore && (await bridge.store.wakes.count()) === 0) return;
    await clock.sleep(20);
  }
  throw new Error("The bridge did not come to rest within 30 s.");
}

async function runInVain({ bridge, view }: Cast): Promise<void> {
  const before = (await view.read()).writes;
  await bridge.services.reconciler.run({ lane: "full", trigger: "cli", stop: new AbortController().signal });
  const writes = (await view.read()).writes - before;
  if (writes > 0) throw new Error(`A full run with nothing to do made ${writes} writes.`);
}

interface BookedMeeting {
  readonly isUpcoming: boolean;
  readonly guests: readonly string[];
}

async function bookMeetings({ view, clock }: Cast): Promise<readonly BookedMeeting[]> {
  const { members } = await view.read();
  const now = clock.now();
  const booked: BookedMeeting[] = [];
  for (const [index, userName] of LEAVERS.entries()) {
    const hostId = members.get(userName)?.id ?? "";
    for (const meeting of meetingsOf(now, index)) {
      const guests = meeting.guests.map((email) => ({ name: email.slice(0, email.indexOf("@")), email }));
      const { title, startsAt, seriesId } = meeting;
      await view.book({ hostId, title, startsAt, endsAt: addMs(startsAt, HOUR / 2), guests, seriesId });
      booked.push({ isUpcoming: startsAt > now, guests: meeting.guests });
    }
  }
  return booked;
}

interface Meeting {
  readonly title: string;
  readonly startsAt: Instant;
  readonly guests: readonly string[];
  readonly seriesId: string | null;
}

function meetingsOf(now: Instant, host: number): readonly Meeting[] {
  const mail = (name: string): string => `${name}${host + 1}@guest.example`;
  const oneOff = (title: string, afterMs: number, ...guests: readonly string[]): Meeting => ({
    title,
    startsAt: addMs(now, afterMs),
    guests: guests.map(mail),
    seriesId: null,
  });
  const weekly = Array.from({ length: 4 }, (_, week) => ({
    ...oneOff("Weekly check-in", 2 * DAY + week * WEEK, "petra"),
    seriesId: `weekly-${host + 1}`,
  }));
  return [
    oneOff("Kick-off (past)", -30 * DAY, "petra", "quentin"),
    oneOff("Review (past)", -3 * DAY, "ruth"),
    oneOff("Demo", 5 * HOUR, "quentin", "ruth"),
    oneOff("Contract", 20 * DAY, "stefan"),
    ...weekly,
  ];
}

function expectation(people: readonly Employee[], bookings: readonly BookedMeeting[], total: number): Expected {
  const cancelled = bookings.filter(({ isUpcoming }) => isUpcoming);
  const members = new Map<string, ExpectedMember>(people.map((person) => [person.userName, expectedMember(person)]));
  return {
    members,
    seatsUsed: [...members.values()].filter(({ seat }) => seat !== null).length,
    bookingsCancelled: cancelled.length,
    bookingsKept: total - cancelled.length,
    mailed: cancelled.flatMap(({ guests }) => guests).sort(),
  };
}

function expectedMember({ userName, givenName, familyName, department }: Employee): ExpectedMember {
  const isGone = LEAVERS.includes(userName as (typeof LEAVERS)[number]) && userName !== REHIRED;
  const lastName = userName === RENAMED.userName ? RENAMED.familyName : familyName;
  const home = userName === MOVED.userName ? MOVED.department : department;
  return {
    displayName: `${givenName} ${lastName}`,
    status: isGone ? "deactivated" : "active",
    seat: isGone ? null : "standard",
    groups: isGone ? [] : [GROUP_OF[home]],
  };
}
