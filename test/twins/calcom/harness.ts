import type { ExecutionContext } from "ava";
import { createCalcomConnector } from "../../../src/connectors/calcom/connector.ts";
import type { AccountId, BookingId, ObservedAccount, ProductGroupId, Seat } from "../../../src/domain/account.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import type { SpoilableHarness, SpoilableOptions } from "../../contracts/connector-answers.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import { startSpoiler } from "../kit/spoiler.ts";
import { addBooking, addMember, addMembership, createCalcomState, membershipsOf } from "./state.ts";
import type { CalcomManners, CalcomState } from "./state.ts";
import { CALCOM_TOKEN, startCalcomTwin, type CalcomTwin } from "./twin.ts";

/** A twin, and a connector to it. */
export interface ConnectedTwin {
  readonly twin: CalcomTwin;
  readonly state: CalcomState;
  readonly clock: ManualClock;
  readonly connector: Connector;
}

/** Starts both until the test ends. The clock stands still until it is moved. */
export async function connectTwin(t: ExecutionContext, manners: Partial<CalcomManners> = {}): Promise<ConnectedTwin> {
  const clock = createManualClock();
  const state = createCalcomState(manners);
  const twin = await startCalcomTwin(t, clock, state);
  return { twin, state, clock, connector: connectTo(t, twin.url, clock) };
}

/** Another connector to a twin, which has seen nothing yet. */
export function connectTo(
  t: ExecutionContext,
  baseUrl: string,
  clock: ManualClock,
  how: SpoilableOptions = {},
): Connector {
  const options = { connector: "calcom", organization: "42", token: CALCOM_TOKEN, seat: "standard" } as const;
  const connector = createCalcomConnector({ ...options, baseUrl }, { clock, ...how });
  t.teardown(() => connector.close());
  return connector;
}

/** The harness of the contracts. */
export async function createCalcomHarness(t: ExecutionContext, how: SpoilableOptions = {}): Promise<SpoilableHarness> {
  const { twin, state, clock } = await connectTwin(t);
  const spoiler = await startSpoiler(t, twin.url);
  return {
    connector: connectTo(t, spoiler.url, clock, how),
    spoiler,
    severalPages: 501,
    seat: "standard" as Seat,
    unknownAccount: "999999" as AccountId,
    pauseMs: 60_000,
    now: () => clock.now(),
    addAccount({ email, displayName = null, timezone, locale }) {
      const zone = timezone === undefined ? {} : { timeZone: timezone };
      const language = locale === undefined ? {} : { locale };
      const { id } = addMember(state, { email, name: displayName, ...zone, ...language });
      return Promise.resolve(String(id) as AccountId);
    },
    addGroup(name) {
      const id = state.nextId();
      state.teams.set(id, { id, name, slug: name.toLowerCase() });
      addMembership(state, { user: state.keyOwner, team: id, role: "OWNER", accepted: true });
      return Promise.resolve(String(id) as ProductGroupId);
    },
    addBooking(account, hours) {
      const start = new Date(Date.parse(clock.now()) + hours * 3_600_000).toISOString();
      return Promise.resolve(addBooking(state, { host: Number(account), start }).uid as BookingId);
    },
    accounts: () => Promise.resolve(shownAccounts(state)),
    groupNames: () => Promise.resolve([...state.teams.values()].map(({ name }) => name)),
    mails: () => Promise.resolve(state.guestMails.length),
    writes: () => Promise.resolve(twin.writes().length),
    fail: (fault) => Promise.resolve(twin.fail(fault)),
    failSecondPage: () => Promise.resolve(twin.failPage("accounts", 2)),
    heal: () => Promise.resolve(twin.heal()),
    fillSeats() {
      state.isBlocked = true;
      return Promise.resolve();
    },
  };
}

/** The organisation's accounts, as a connector is to show them. */
export function shownAccounts(state: CalcomState): readonly ObservedAccount[] {
  return membershipsOf(state, state.organization).map(({ user: id, role, accepted }) => {
    const user = state.users.get(id);
    if (user === undefined) throw new Error(`The twin has no user ${id}.`);
    const { email, name, timeZone, locale, metadata, profile } = user;
    const teams = [...state.memberships.values()].filter((one) => one.user === id && one.team !== state.organization);
    const { rosterbridge: marker } = metadata;
    return {
      id: String(id) as AccountId,
      ...(typeof marker === "string" ? { marker } : {}),
      status: accepted ? "active" : "pending",
      role: ({ OWNER: "owner", ADMIN: "admin", MEMBER: "member" } as const)[role],
      profile: {
        email,
        ...(name === null ? {} : { displayName: name }),
        ...(profile === null ? {} : { timezone: timeZone }),
        ...(profile === null || locale === null ? {} : { locale }),
      },
      seat: "standard" as Seat,
      groups: teams.map(({ team }) => String(team) as ProductGroupId).sort(),
    };
  });
}
