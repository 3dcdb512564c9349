import { Agent } from "node:http";
import type { JsonObject } from "../../src/domain/json.ts";
import { sendRaw } from "./raw-http.ts";
import type { RawAnswer } from "./raw-http.ts";
import type { SeededRandom } from "./seeded-random.ts";

const CORE = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/** Whoever is over this many is deleted before somebody is made. */
const MOST_PEOPLE = 12;

/** A person as this lane was told that they are. */
export interface Person {
  readonly userName: string;
  readonly title: string;
  /** Ids of groups. */
  readonly groups: ReadonlySet<string>;
}

/** A write that was sent and not answered: it may have been done, or not, and nothing in between. */
export type Attempt =
  | { readonly kind: "create"; readonly userName: string; readonly title: string }
  | { readonly kind: "rename"; readonly id: string; readonly title: string }
  | { readonly kind: "delete"; readonly id: string }
  | { readonly kind: "join" | "leave"; readonly id: string; readonly group: string };

/** One connection of an IdP, which pushes one write after the other about people of its own. */
export interface PushLane {
  readonly name: string;
  /** Everybody whom this lane made and has not deleted, by id, as the answers said. */
  readonly people: Map<string, Person>;
  /** Ids of those whose deletion was answered, of this round. */
  readonly deleted: Set<string>;
  attempt: Attempt | null;
  /** Writes that were answered. */
  acknowledged: number;
  /** Pushes until the connection breaks; throws when an answer is not the one that is due. */
  push(baseUrl: string, token: string, groups: readonly string[], random: SeededRandom): Promise<void>;
}

/** A lane without people. */
export function createPushLane(name: string): PushLane {
  let count = 0;
  const lane: PushLane = {
    name,
    people: new Map(),
    deleted: new Set(),
    attempt: null,
    acknowledged: 0,
    async push(baseUrl, token, groups, random) {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      try {
        for (;;) {
          const attempt = choose(lane.people, groups, random, () => `${name}-${++count}`);
          lane.attempt = attempt;
          const answer = await send(baseUrl, token, agent, attempt);
          if (answer === null) return;
          settle(lane, attempt, answer);
          lane.attempt = null;
          lane.acknowledged += 1;
        }
      } finally {
        agent.destroy();
      }
    },
  };
  return lane;
}

function choose(
  people: ReadonlyMap<string, Person>,
  groups: readonly string[],
  random: SeededRandom,
  newName: () => string,
): Attempt {
  const [id, person] = people.size === 0 ? [] : random.oneOf([...people]);
  const roll = random.below(10);
  if (id === undefined || person === undefined || (roll < 4 && people.size < MOST_PEOPLE)) {
    return { kind: "create", userName: `${newName()}@acme.example`, title: `t${random.below(1_000)}` };
  }
  if (roll < 4) return { kind: "delete", id };
  if (roll < 7) return { kind: "rename", id, title: `t${random.below(1_000_000)}` };
  const group = random.oneOf(groups);
  return { kind: person.groups.has(group) ? "leave" : "join", id, group };
}

/** Null when the connection broke before the answer was whole. */
async function send(baseUrl: string, token: string, agent: Agent, attempt: Attempt): Promise<RawAnswer | null> {
  const { method, path, body, status } = requestFor(attempt);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
  const text = body === undefined ? undefined : JSON.stringify(body);
  const request = { method, path: `/scim/v2${path}`, headers, body: text, agent };
  const answer = await sendRaw(baseUrl, request).catch(() => null);
  if (answer === null || answer.status === status) return answer;
  throw new Error(`${JSON.stringify(attempt)} was answered with ${answer.status}: ${answer.text}`);
}

interface ScimRequest {
  readonly method: string;
  readonly path: string;
  readonly body?: JsonObject;
  readonly status: number;
}

function requestFor(attempt: Attempt): ScimRequest {
  switch (attempt.kind) {
    case "create": {
      const { userName, title } = attempt;
      const emails = [{ value: userName, type: "work" }];
      return { method: "POST", path: "/Users", body: { schemas: [CORE], userName, title, emails }, status: 201 };
    }
    case "rename":
      return patchOf(`/Users/${attempt.id}`, { op: "replace", path: "title", value: attempt.title });
    case "delete":
      return { method: "DELETE", path: `/Users/${attempt.id}`, status: 204 };
    case "join":
      return patchOf(`/Groups/${attempt.group}`, { op: "add", path: "members", value: [{ value: attempt.id }] });
    case "leave":
      return patchOf(`/Groups/${attempt.group}`, { op: "remove", path: `members[value eq "${attempt.id}"]` });
  }
}

function patchOf(path: string, operation: JsonObject): ScimRequest {
  return { method: "PATCH", path, body: { schemas: [PATCH_OP], Operations: [operation] }, status: 200 };
}

function settle({ people, deleted }: PushLane, attempt: Attempt, { text }: RawAnswer): void {
  if (attempt.kind === "create") {
    const { id } = JSON.parse(text) as { readonly id: string };
    people.set(id, { userName: attempt.userName, title: attempt.title, groups: new Set() });
    return;
  }
  const person = afterwards(people.get(attempt.id), attempt);
  if (person === undefined) {
    people.delete(attempt.id);
    deleted.add(attempt.id);
  } else people.set(attempt.id, person);
}

/** The person after the write was done; undefined when that deletes them. */
export function afterwards(
  person: Person | undefined,
  attempt: Exclude<Attempt, { readonly kind: "create" }>,
): Person | undefined {
  if (person === undefined || attempt.kind === "delete") return undefined;
  if (attempt.kind === "rename") return { ...person, title: attempt.title };
  const { group } = attempt;
  const others = [...person.groups].filter((id) => id !== group);
  return { ...person, groups: new Set(attempt.kind === "join" ? [...others, group] : others) };
}
