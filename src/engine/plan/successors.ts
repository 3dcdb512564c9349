import type { ObservedAccount } from "../../domain/account.ts";
import type { DirectoryUser, DirectoryUserId } from "../../domain/directory.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { isJsonObject } from "../../domain/json.ts";
import { markOf } from "../../domain/marker.ts";
import type { Successor } from "../../domain/policy.ts";
import { desire } from "../../mapping/desire.ts";
import type { RefusedHandover, Succession, SuccessorAccount } from "../../planning/bookings.ts";
import type { Connector } from "../../ports/connector.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import type { Store } from "../../ports/store.ts";
import type { CandidateKey, PersonRecord, Workspace } from "../../ports/workspace.ts";
import { ENTERPRISE_USER_SCHEMA } from "../../scim/extension-schemas.ts";
import { foldCase } from "../../scim/fold-case.ts";
import type { CurrentMapping } from "../mapping-versions.ts";
import type { View } from "./observe.ts";

/** So many colleagues share a leaver's bookings, and so many are read at once. */
const SHARE_AMONG = 5;
/** So many colleagues are read at most, so that the cost does not grow with the company; so many are asked of the store. */
const MOST_READ = 20;
const MOST_LISTED = 100;

/** What finding successors needs. */
export interface SuccessorsDeps {
  readonly store: Store;
  readonly connector: Pick<Connector, "normalize">;
  readonly workspace: Pick<Workspace, "peopleById" | "peers">;
  readonly mapping: CurrentMapping;
  readonly view: Pick<View, "groups" | "candidates">;
  readonly reassignTo: readonly Successor[];
}

/** Finds out who may take over bookings. */
export interface Successors {
  /**
   * Of one leaver, whose account is `account`. Whoever takes over has an active account that is linked to an active person
   * in scope; owners and admins may. Throws ConnectorError when the product does not tell: nobody is passed over for that.
   */
  of(leaver: PersonRecord, account: ObservedAccount): Promise<Succession>;
}

/** Looks for successors in the order of the configuration. */
export function createSuccessors(deps: SuccessorsDeps): Successors {
  const { store, reassignTo } = deps;
  return {
    async of(leaver, account) {
      const entries = await store.journal.entries(leaver.person.user.id);
      const candidates: (readonly SuccessorAccount[])[] = [];
      for (const kind of reassignTo) {
        const found = await (kind === "manager"
          ? managerOf(deps, leaver)
          : colleaguesOf(deps, leaver, groupsOf(deps, leaver, account, entries), account));
        candidates.push(found);
      }
      return { candidates, refused: entries.flatMap(toRefusal) };
    },
  };
}

/** Refused for good: not what failed on the way, and may be taken the next time. */
const FOR_GOOD = /^connector\.(?:rejected|conflict|missing|no-seat): /;

function toRefusal({ change, state, error }: JournalEntry): readonly RefusedHandover[] {
  if (change.kind !== "reassign-booking" || state !== "failed" || error === null || !FOR_GOOD.test(error)) return [];
  return [{ booking: change.booking, to: change.to }];
}

async function managerOf(deps: SuccessorsDeps, { person }: PersonRecord): Promise<readonly SuccessorAccount[]> {
  const name = managerNamed(person.user);
  if (name === null) return [];
  const ids = await deps.store.evidence.findPeople(name);
  const known = (await deps.workspace.peopleById(ids)).filter(
    (one) => one.person.user.directory === person.user.directory,
  );
  const manager = KEYS.map((isKey) =>
    known.find((one) => one.person.deletedAt === null && isKey(one.person.user, name)),
  ).find((one) => one !== undefined);
  return manager === undefined ? [] : eligible(deps, person.user.id, [manager]);
}

/** What identity providers put into `manager.value`, the surest first: our id, their own key, or (Okta) the login. */
const KEYS: readonly ((user: DirectoryUser, name: string) => boolean)[] = [
  ({ id }, name) => id === name,
  ({ externalId }, name) => externalId === name,
  ({ userName }, name) => foldCase(userName) === foldCase(name),
];

function managerNamed({ resource }: DirectoryUser): string | null {
  const extension = resource[ENTERPRISE_USER_SCHEMA.urn];
  const manager = isJsonObject(extension) ? extension["manager"] : undefined;
  if (!isJsonObject(manager)) return null;
  const { value, $ref } = manager;
  if (typeof value === "string" && value !== "") return value;
  const last = typeof $ref === "string" ? $ref.split("/").at(-1) : undefined;
  return last === undefined || last === "" ? null : decodeURIComponent(last);
}

/** Names of the product's groups that the leaver is in, or was in until they were taken out for leaving. */
function groupsOf(
  { view }: SuccessorsDeps,
  { link }: PersonRecord,
  account: ObservedAccount,
  entries: readonly JournalEntry[],
): readonly string[] {
  const left = entries.flatMap(({ change }) =>
    change.kind === "remove-from-group" && change.cause === "leaver" ? [change.group.name] : [],
  );
  const names = view.groups.filter(({ id }) => account.groups.includes(id)).map(({ name }) => name);
  return [...new Set([...names, ...(link?.entitlements?.groups ?? []), ...left])].sort();
}

/** Members of the smallest of these groups in which there is anybody: the closest colleagues. */
async function colleaguesOf(
  deps: SuccessorsDeps,
  leaver: PersonRecord,
  groups: readonly string[],
  account: ObservedAccount,
): Promise<readonly SuccessorAccount[]> {
  const listed: { readonly group: string; readonly people: readonly DirectoryUserId[] }[] = [];
  for (const group of groups) {
    const found = await deps.workspace.peers(group, account.id, MOST_LISTED);
    const people = found.filter((user) => user !== leaver.person.user.id);
    if (people.length > 0) listed.push({ group, people });
  }
  listed.sort((a, b) => a.people.length - b.people.length || (a.group < b.group ? -1 : 1));
  let read = 0;
  for (const { group, people } of listed) {
    const members = new Set(deps.view.groups.filter(({ name }) => name === group).map(({ id }) => id));
    const records = await inOrder(deps, people);
    const found: SuccessorAccount[] = [];
    for (let next = 0; next < records.length && read < MOST_READ && found.length < SHARE_AMONG; next += SHARE_AMONG) {
      const some = records.slice(next, next + SHARE_AMONG);
      read += some.length;
      found.push(
        ...(await eligible(deps, leaver.person.user.id, some, (one) => one.groups.some((id) => members.has(id)))),
      );
    }
    if (found.length > 0) return found.slice(0, SHARE_AMONG);
  }
  return [];
}

/** Those of them who stay, in the order of `people`. */
async function inOrder(deps: SuccessorsDeps, people: readonly DirectoryUserId[]): Promise<readonly PersonRecord[]> {
  const records = new Map((await deps.workspace.peopleById(people)).map((record) => [record.person.user.id, record]));
  return people.flatMap((id) => records.get(id) ?? []).filter((record) => isStaying(deps, record));
}

function isStaying({ mapping }: SuccessorsDeps, { person, link }: PersonRecord): boolean {
  return link !== null && desire(person, mapping.mapping).status === "active";
}

/** Of these people, those whose linked account is active and fits. */
async function eligible(
  deps: SuccessorsDeps,
  leaver: DirectoryUserId,
  records: readonly PersonRecord[],
  fits: (account: ObservedAccount) => boolean = () => true,
): Promise<readonly SuccessorAccount[]> {
  const staying = records.filter((record) => record.person.user.id !== leaver && isStaying(deps, record));
  if (staying.length === 0) return [];
  const readings = await deps.view.candidates(staying.map((record) => keyOf(deps, record)));
  return staying.flatMap(({ link }, index) => {
    const reading = readings[index] ?? [];
    if (reading instanceof ConnectorError) throw reading;
    const own = reading.find(({ account }) => account.id === link?.account)?.account;
    if (own === undefined || own.status !== "active" || !fits(own)) return [];
    return [{ account: own.id, label: own.profile.email }];
  });
}

function keyOf({ connector, mapping }: SuccessorsDeps, { person, link }: PersonRecord): CandidateKey {
  const desired = connector.normalize(desire(person, mapping.mapping));
  return {
    user: person.user.id,
    account: link?.account ?? null,
    marker: markOf(desired),
    externalId: null,
    email: desired.profile.email,
  };
}
