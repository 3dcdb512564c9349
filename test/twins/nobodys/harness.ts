import type { ExecutionContext } from "ava";
import { createRecipeConnector } from "../../../src/connectors/recipe/connector.ts";
import { loadRecipe } from "../../../src/connectors/recipe/load.ts";
import type {
  AccountId,
  AccountProfile,
  BookingId,
  ObservedAccount,
  ProductGroupId,
} from "../../../src/domain/account.ts";
import type { SpoilableHarness, SpoilableOptions } from "../../contracts/connector-answers.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import type { NobodysMember, NobodysState } from "./state.ts";
import { NOBODYS_TOKEN, startNobodys, type NobodysTwin } from "./twin.ts";

const HOUR_MS = 3_600_000;

/** Nobody's Scheduler behind the connector of a recipe, as the contract wants it. */
export async function nobodysHarness(
  t: ExecutionContext,
  recipe: string,
  options: SpoilableOptions = {},
): Promise<SpoilableHarness & { readonly twin: NobodysTwin; readonly clock: ManualClock }> {
  const clock = createManualClock("2026-03-02T10:20:00.000Z");
  const twin = await startNobodys(t, () => Date.parse(clock.now()));
  let made = 0;
  const connector = createRecipeConnector(
    loadRecipe("nobodys.json", recipe),
    {
      connector: "recipe",
      recipe: "",
      baseUrl: twin.url,
      token: NOBODYS_TOKEN,
      settings: {},
      seat: "-",
      allowDelete: true,
    },
    { ...options, clock, newId: () => `00000000-0000-4000-8000-${String((made += 1)).padStart(12, "0")}` },
  );
  const { state } = twin;
  return {
    twin,
    clock,
    connector,
    spoiler: twin.spoiler,
    severalPages: 120,
    seat: null,
    pauseMs: 30_000,
    horizonDays: 300,
    unknownAccount: "999999" as AccountId,
    addAccount: ({ email, displayName, timezone }: AccountProfile) => {
      const memberId = state.nextId();
      const settings = { email: email.toLowerCase(), fullName: displayName ?? email, timezone: timezone ?? null };
      state.members.set(memberId, { memberId, settings, admin: false });
      return Promise.resolve(String(memberId) as AccountId);
    },
    addGroup: (title) => {
      const teamId = state.nextId();
      state.teams.set(teamId, { teamId, title, memberIds: new Set() });
      return Promise.resolve(String(teamId) as ProductGroupId);
    },
    addBooking: (account, hoursFromNow) => {
      const bookingId = `b-${state.nextId()}`;
      const startMs = Date.parse(clock.now()) + hoursFromNow * HOUR_MS;
      const guests = [{ email: "guest@client.example" }, { email: "other@client.example" }];
      const booking = { bookingId, memberId: Number(account), startMs, endMs: startMs + HOUR_MS / 2, guests };
      state.bookings.set(bookingId, { ...booking, state: "booked" });
      return Promise.resolve(bookingId as BookingId);
    },
    now: () => clock.now(),
    accounts: () => Promise.resolve([...state.members.values()].map((member) => shown(state, member))),
    groupNames: () => Promise.resolve([...state.teams.values()].map(({ title }) => title)),
    mails: () => Promise.resolve(state.mails),
    writes: () => Promise.resolve(twin.writes().length),
    fail: (fault) => Promise.resolve(twin.fail(fault)),
    failSecondPage: () => Promise.resolve(twin.failPage("accounts", 2)),
    heal: () => Promise.resolve(twin.heal()),
  };
}

function shown({ teams }: NobodysState, { memberId, settings, admin }: NobodysMember): ObservedAccount {
  const { email, fullName, timezone } = settings;
  return {
    id: String(memberId) as AccountId,
    status: "active",
    role: admin ? "admin" : "member",
    profile: { email, displayName: fullName, ...(timezone === null ? {} : { timezone }) },
    seat: null,
    groups: [...teams.values()]
      .filter(({ memberIds }) => memberIds.has(memberId))
      .map(({ teamId }) => String(teamId) as ProductGroupId),
  };
}
