import type { Clock } from "../../../src/ports/ambient.ts";

/** Licences of the Edge API, in its order. */
export const LICENCES = ["distro", "chiliCalOrg", "concierge", "conciergeLive", "chat", "handoff"] as const;
/** One of them. */
export type Licence = (typeof LICENCES)[number];
/** Which of them somebody has. */
export type Licences = Readonly<Record<Licence, boolean>>;

/** Somebody in the organisation. */
export interface ChiliUser {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly isSuperAdmin: boolean;
  readonly licenses: Licences;
  readonly workspaces: readonly string[];
}

/** A team; `members` are ids of users. */
export interface Team {
  readonly id: string;
  readonly name: string;
  readonly workspaceId: string;
  readonly members: readonly string[];
}

/** A meeting, of which the list shows no end. */
export interface Meeting {
  readonly id: string;
  readonly host: string;
  readonly startsMs: number;
  readonly status: "Active" | "Canceled" | "NoShow" | "Completed";
  readonly attendees: readonly string[];
}

/** Everything that an organisation holds. */
export interface ChiliPiperState {
  readonly workspaceId: string;
  readonly users: ReadonlyMap<string, ChiliUser>;
  readonly teams: ReadonlyMap<string, Team>;
  readonly meetings: ReadonlyMap<string, Meeting>;
  /** One entry for each mail about a cancelled meeting. */
  readonly mails: readonly { readonly to: string; readonly about: string }[];
  addUser(name: string, email: string, licences?: readonly Licence[]): ChiliUser;
  putUser(user: ChiliUser): void;
  addTeam(name: string, members?: readonly string[]): Team;
  putTeam(team: Team): void;
  /** Starts so many hours from now (negative: ago). */
  addMeeting(host: string, hours: number, attendees: readonly string[]): Meeting;
  /** Tells everybody who attends. */
  cancel(meeting: Meeting): void;
  /** Whether all of these fit into what was bought, after they replaced what these people have. */
  fits(update: ReadonlyMap<string, Licences>): boolean;
}

/** An organisation with one super administrator. `bought`: licences that are limited; of the others there are enough. */
export function createChiliPiperState(clock: Clock, bought: Partial<Record<Licence, number>>): ChiliPiperState {
  const users = new Map<string, ChiliUser>();
  const teams = new Map<string, Team>();
  const meetings = new Map<string, Meeting>();
  const mails: { readonly to: string; readonly about: string }[] = [];
  let ids = 0;
  const newId = (): string => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`;
  const workspaceId = newId();

  const state: ChiliPiperState = {
    workspaceId,
    users,
    teams,
    meetings,
    mails,
    addUser(name, email, licences = []) {
      const user = {
        id: newId(),
        name,
        email,
        isSuperAdmin: false,
        licenses: licensesOf(licences),
        workspaces: [workspaceId],
      };
      users.set(user.id, user);
      return user;
    },
    putUser: (user) => void users.set(user.id, user),
    addTeam(name, members = []) {
      const team = { id: newId(), name, workspaceId, members };
      teams.set(team.id, team);
      return team;
    },
    putTeam: (team) => void teams.set(team.id, team),
    addMeeting(host, hours, attendees) {
      const startsMs = Date.parse(clock.now()) + hours * 3_600_000;
      const meeting: Meeting = { id: newId(), host, startsMs, status: "Active", attendees };
      meetings.set(meeting.id, meeting);
      return meeting;
    },
    cancel(meeting) {
      meetings.set(meeting.id, { ...meeting, status: "Canceled" });
      for (const to of meeting.attendees) mails.push({ to, about: meeting.id });
    },
    fits(update) {
      const after = [...users.values()].map(({ id, licenses }) => update.get(id) ?? licenses);
      return LICENCES.every((one) => after.filter((licenses) => licenses[one]).length <= (bought[one] ?? Infinity));
    },
  };
  state.putUser({ ...state.addUser("Ada Min", "admin@acme.example", ["chiliCalOrg"]), isSuperAdmin: true });
  return state;
}

/** These licences and no others. */
export function licensesOf(licences: readonly Licence[]): Licences {
  const given: ReadonlySet<string> = new Set(licences);
  return {
    distro: given.has("distro"),
    chiliCalOrg: given.has("chiliCalOrg"),
    concierge: given.has("concierge"),
    conciergeLive: given.has("conciergeLive"),
    chat: given.has("chat"),
    handoff: given.has("handoff"),
  };
}
