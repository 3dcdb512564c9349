import type { ObservedGroup, ProductGroupId } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import type { Sending } from "../http.ts";
import type { CalcomClient } from "./client.ts";
import type { WireTeam, WireUser } from "./wire.ts";

/** Teams that one question names at most, for the length of its address. */
const MOST_TEAMS = 100;

/**
 * Teams and who is in them. Users do not show their teams: either the members of each team are listed, or it is asked
 * whether somebody is in any of some teams. What was seen is remembered, as a hint of where to look. Throws ConnectorError.
 */
export interface Teams {
  /** All teams, as of now. */
  list(how: Sending): Promise<readonly ObservedGroup[]>;
  /** Ids of the teams of everybody, sorted, by user: at least one request for each team. */
  members(how: Sending): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Ids of the teams of one user, sorted: one request for each of theirs and one for all others, if nothing has moved. */
  of(user: WireUser, how: Sending): Promise<readonly string[]>;
  /** The id of a user's membership of a team, which is what Cal.com asks for to end it; as it was seen last. */
  hint(team: string, user: string): string | undefined;
  /** The same by going through the team; undefined for somebody who is not in it. */
  membership(team: string, user: string, how: Sending): Promise<string | undefined>;
  /** A team that we have just made. */
  noteTeam(team: WireTeam): void;
  /** A membership that we have just made, or ended (null). */
  note(team: string, user: string, membership: string | null): void;
}

/** Remembers nothing yet. */
export function createTeams(client: CalcomClient): Teams {
  /** Memberships by user, for each team. */
  let seen = new Map<string, Map<string, string>>();
  let wereListed = false;

  const membersOf = (team: string): Map<string, string> => {
    const members = seen.get(team) ?? new Map<string, string>();
    seen.set(team, members);
    return members;
  };
  async function list(how: Sending): Promise<readonly ObservedGroup[]> {
    const teams = await Array.fromAsync(client.teams(how));
    seen = new Map(teams.map(({ id }) => [id, membersOf(id)]));
    wereListed = true;
    return teams.map(({ id, name }) => ({ id: id as ProductGroupId, name }));
  }
  /** Reads the members of a team anew. */
  async function read(team: string, how: Sending): Promise<ReadonlyMap<string, string>> {
    const members = new Map<string, string>();
    for await (const { id, userId } of client.teamMemberships(team, how)) members.set(userId, id);
    seen.set(team, members);
    return members;
  }
  return {
    list,
    async members(how) {
      const teamsOf = new Map<string, string[]>();
      for (const { id: team } of await list(how)) {
        for (const user of (await read(team, how)).keys()) {
          teamsOf.set(user, [...(teamsOf.get(user) ?? []), team].sort());
        }
      }
      return teamsOf;
    },
    async of(user, how) {
      if (!wereListed) await list(how);
      const teams = [...seen.keys()];
      const isHinted = (team: string): boolean => seen.get(team)?.has(user.id) === true;
      const parts = [...teams.filter(isHinted).map((team) => [team]), teams.filter((team) => !isHinted(team))];
      return (await Promise.all(parts.map((part) => among(client, user, part, how)))).flat().sort();
    },
    hint: (team, user) => seen.get(team)?.get(user),
    membership: async (team, user, how) => (await read(team, how)).get(user),
    noteTeam: ({ id }) => void membersOf(id),
    note(team, user, membership) {
      if (membership === null) membersOf(team).delete(user);
      else membersOf(team).set(user, membership);
    },
  };
}

/** Those of `teams` that the user is in: halves what is left until it is certain. */
async function among(
  client: CalcomClient,
  user: WireUser,
  teams: readonly string[],
  how: Sending,
): Promise<readonly string[]> {
  if (teams.length === 0) return [];
  if (teams.length <= MOST_TEAMS) {
    const found = await client.users({ emails: user.email, teamIds: teams }, 0, how);
    if (!found.some(({ id }) => id === user.id)) return [];
    if (teams.length === 1) return teams;
  }
  const middle = Math.ceil(teams.length / 2);
  const halves = [teams.slice(0, middle), teams.slice(middle)];
  return (await Promise.all(halves.map((half) => among(client, user, half, how)))).flat();
}

/** Throws ConnectorError `missing` for a team that Cal.com cannot have given. */
export function teamId(id: string): string {
  if (/^[1-9]\d{0,14}$/.test(id)) return id;
  throw new ConnectorError("missing", "Cal.com has no team with such an id");
}
