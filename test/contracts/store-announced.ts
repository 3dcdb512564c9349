import { deepStrictEqual } from "node:assert/strict";
import fc from "fast-check";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryGroupId, DirectoryId, DirectoryUser, DirectoryUserId } from "../../src/domain/directory.ts";
import { ResourceNotFoundError } from "../../src/domain/errors.ts";
import type { DirectoryReadTx, DirectoryWriteTx } from "../../src/ports/directory-tx.ts";
import type { Announcement, Store } from "../../src/ports/store.ts";
import { aUser, edited } from "../support/directory-builders.ts";
import { aGroup } from "../support/store-groups.ts";
import { NOW, aQuery, at, type CreateStore, type StoreContract } from "./store-harness.ts";

// Units that wait together share what they announced; whatever they announce, and however many share a commit, everybody
// is told what they would have been told alone, and the same is stored. A script is played to two stores: to one with
// announcements and all units at once, to the other with none and one unit after the other.

/** People by number: 0 to 3 of one's own directory (3 was deleted), 4 of the other one, from 5 on whom the script makes. */
const PEOPLE = 9;
const FIRST_MADE = 5;
const OWN_SEEDS = 4;
/** Names and keys by number; more than the seeds have. */
const NAMES = 7;
const KEYS = 7;
const SPELLINGS = ["plain", "upper", "decomposed"] as const;
const DIRECTORIES = ["a", "b"] as const;

interface Name {
  readonly name: number;
  readonly spelling: (typeof SPELLINGS)[number];
}

interface Create {
  readonly kind: "create";
  readonly as: Name;
  readonly key: number | null;
  /** Put once more, at its next version. */
  readonly again: boolean;
  /** Somebody else is put with the same name, in vain. */
  readonly rival: boolean;
  readonly shows: boolean;
}

interface Replace {
  readonly kind: "replace";
  readonly target: number;
  readonly as: Name | null;
  readonly key: number | null | "kept";
  readonly email: number | null;
  readonly stale: boolean;
  readonly again: boolean;
  /** Whether the answer has the groups. */
  readonly shows: boolean;
}

interface Members {
  readonly kind: "members";
  readonly group: number;
  readonly base: "stored" | "none";
  readonly people: readonly number[];
  readonly keys: readonly number[];
  readonly dropped: readonly number[];
}

/** What is asked in one turn. */
interface Read {
  readonly kind: "read";
  readonly asks: readonly Ask[];
}

interface Ask {
  readonly what: "user" | "person" | "groupsOf" | "byKey" | "tombstone" | "version" | "members" | keyof typeof FILTERS;
  readonly about: number;
}

type Action =
  | Create
  | Replace
  | Members
  | Read
  | { readonly kind: "remove"; readonly target: number }
  | { readonly kind: "dissolve"; readonly group: number };

interface UnitScript {
  readonly directory: (typeof DIRECTORIES)[number];
  readonly actions: readonly Action[];
  /** Whether an action that fails is all that fails. */
  readonly goesOn: boolean;
  readonly throws: boolean;
  readonly announces: "rightly" | "nothing" | "name" | "key" | "wrongly" | "more";
  readonly hint: { readonly person: number; readonly name: number; readonly key: number };
}

/** One playing of a script: nothing of it is named as in another one, so that stores can be used again. */
interface Scene {
  readonly run: number;
  /** Which person of those that the script makes each of its creations makes. */
  readonly made: ReadonlyMap<Action, number>;
}

const FILTERS = {
  everybody: () => "id pr",
  email: (scene: Scene, about: number) => `emails.value eq "${emailOf(scene, about)}"`,
  name: (scene: Scene, about: number) => `userName eq "${nameOf(scene, { name: about % NAMES, spelling: "upper" })}"`,
  key: (scene: Scene, about: number) => `externalId eq "${keyOf(scene, about % KEYS)}"`,
  inGroup: () => 'groups.display sw "Group"',
};

const emailOf = ({ run }: Scene, number: number): string => `mail-${run}-${number}@acme.example`;
const keyOf = ({ run }: Scene, number: number): string => `key-${run}-${number}`;
const directoryOf = ({ run }: Scene, directory: string): DirectoryId => `${directory}-${run}` as DirectoryId;
const groupOf = ({ run }: Scene, directory: string, number: number): DirectoryGroupId =>
  `group-${run}-${directory}${number}` as DirectoryGroupId;

function nameOf({ run }: Scene, { name, spelling }: Name): string {
  const plain = `zoë-${run}-${name}@acme.example`;
  if (spelling === "upper") return plain.toUpperCase();
  return spelling === "decomposed" ? plain.normalize("NFD") : plain;
}

/** The id of a person, as a unit of this directory counts. */
function personOf({ run }: Scene, directory: string, number: number): DirectoryUserId {
  const other = directory === "a" ? "b" : "a";
  if (number >= FIRST_MADE) return `made-${run}-${number}` as DirectoryUserId;
  return `seed-${run}-${number < OWN_SEEDS ? `${directory}${number}` : `${other}0`}` as DirectoryUserId;
}

// Mostly the same few, so that units get into each other's way.
const person = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(1, FIRST_MADE) },
  { weight: 2, arbitrary: fc.nat({ max: PEOPLE - 1 }) },
);
const name = fc.record({ name: fc.nat({ max: NAMES - 1 }), spelling: fc.constantFrom(...SPELLINGS) });
const key = fc.nat({ max: KEYS - 1 });
const group = fc.nat({ max: 1 });

/** True once in so many times. */
function seldom(times: number): fc.Arbitrary<boolean> {
  return fc.nat({ max: times - 1 }).map((number) => number === 0);
}

function rarely<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: 9, arbitrary: fc.constant(null) }, value);
}

function replacing(target: number): fc.Arbitrary<Replace> {
  return fc.record({
    kind: fc.constant("replace"),
    target: fc.constant(target),
    as: rarely(name),
    key: fc.oneof({ weight: 3, arbitrary: fc.constant("kept" as const) }, fc.option(fc.oneof(fc.constant(0), key))),
    email: fc.option(key),
    stale: seldom(6),
    shows: seldom(3),
    again: fc.boolean(),
  });
}

// What makes everything be looked up again is rare, so that much is known and kept back before it comes.
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("create"),
      as: name,
      key: fc.option(key, { freq: 2 }),
      again: fc.boolean(),
      rival: seldom(3),
      shows: seldom(3),
    }),
  },
  {
    weight: 14,
    arbitrary: person.chain(replacing),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove"), target: person }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("members"),
      group,
      base: fc.constantFrom("stored", "none"),
      people: fc.array(person, { maxLength: 2 }),
      keys: fc.array(key, { maxLength: 2 }),
      dropped: fc.array(person, { maxLength: 2 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("dissolve"), group }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constant("read"),
      asks: fc.array(
        fc.record({
          what: fc.constantFrom(
            ...(["user", "person", "groupsOf", "byKey", "tombstone", "version", "members"] as const),
            ...(Object.keys(FILTERS) as (keyof typeof FILTERS)[]),
          ),
          about: person,
        }),
        { minLength: 1, maxLength: 3 },
      ),
    }),
  },
);

const unitScript: fc.Arbitrary<UnitScript> = fc.record({
  directory: fc.constantFrom("a", "a", "a", "a", "b"),
  actions: fc.oneof(fc.array(action, { minLength: 1, maxLength: 1 }), fc.array(action, { minLength: 2, maxLength: 3 })),
  goesOn: fc.boolean(),
  throws: seldom(4),
  announces: fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom("rightly", "more") },
    fc.constantFrom("nothing", "name", "key", "wrongly"),
  ),
  hint: fc.record({ person, name: fc.nat({ max: NAMES - 1 }), key }),
});

/** Several actions on one person. */
const saga: fc.Arbitrary<UnitScript> = fc
  .tuple(unitScript, person)
  .chain(([unit, target]) =>
    fc
      .array(
        fc.oneof(
          { weight: 4, arbitrary: replacing(target) },
          fc.constant({ kind: "remove" as const, target }),
          fc.constant({ kind: "read" as const, asks: [{ what: "user" as const, about: target }] }),
          fc.constant({ kind: "read" as const, asks: [{ what: "everybody" as const, about: target }] }),
        ),
        { minLength: 1, maxLength: 4, size: "max" },
      )
      .map((actions) => ({ ...unit, actions })),
  );

/** The first person whom the script makes, with a name and a key that nobody has, and who changes them at once. */
const opening: fc.Arbitrary<readonly UnitScript[]> = fc
  .tuple(unitScript, saga, fc.boolean(), replacing(FIRST_MADE), fc.boolean())
  .map(([first, second, again, change, hasKey]) => {
    const as: Name = { name: NAMES - 1, spelling: "plain" };
    const make: Create = { kind: "create", as, key: hasKey ? KEYS - 1 : null, again, rival: false, shows: false };
    return [
      { ...first, directory: "a", actions: [make], announces: "rightly" },
      { ...second, directory: "a", actions: [change, ...second.actions] },
    ];
  });

const scripts = fc
  .tuple(
    fc.oneof(opening, fc.constant([])),
    fc.array(fc.oneof(unitScript, saga), { minLength: 3, maxLength: 10, size: "max" }),
  )
  .map(([first, others]) => [...first, ...others]);

/** Whom a script makes, by number. */
function madeBy(units: readonly UnitScript[]): ReadonlyMap<Action, number> {
  const creations = units.flatMap(({ actions }) => actions.filter(({ kind }) => kind === "create"));
  return new Map(creations.map((each, index) => [each, FIRST_MADE + index]));
}

/** The first thing that a unit does, as the use cases announce it; more, less or something else where it says so. */
function announcementOf(scene: Scene, { directory, actions, announces, hint }: UnitScript): Announcement | undefined {
  if (announces === "nothing") return undefined;
  const hinted: Announcement = {
    user: personOf(scene, directory, hint.person),
    userName: nameOf(scene, { name: hint.name, spelling: "plain" }),
    externalId: keyOf(scene, hint.key),
  };
  const rightly = rightAnnouncement(scene, directory, actions);
  if (announces === "wrongly") return hinted;
  if (announces === "more") return { ...hinted, ...rightly };
  const { userName, externalId } = rightly;
  if (announces === "name") return userName === undefined ? {} : { userName };
  if (announces === "key") return externalId === undefined ? {} : { externalId };
  return rightly;
}

function rightAnnouncement(scene: Scene, directory: string, actions: readonly Action[]): Announcement {
  for (const each of actions) {
    if (each.kind === "create") {
      return { userName: nameOf(scene, each.as), ...(each.key !== null && { externalId: keyOf(scene, each.key) }) };
    }
    if (each.kind === "replace" || each.kind === "remove") return { user: personOf(scene, directory, each.target) };
  }
  return {};
}

/** What one unit does it in. */
interface Stage {
  readonly tx: DirectoryWriteTx;
  readonly scene: Scene;
  readonly directory: string;
  readonly now: Instant;
}

async function existing({ tx }: Stage, id: DirectoryUserId): Promise<DirectoryUser> {
  const user = await tx.user(id);
  if (user === undefined) throw new ResourceNotFoundError("There is no such user.");
  return user;
}

async function record({ tx, now }: Stage, user: DirectoryUserId, reason: "leaver" | "changed"): Promise<void> {
  await tx.audit({ at: now, actor: "cli", action: "user.changed", subject: user, detail: {} });
  await tx.wake(user, reason, now);
}

async function create(stage: Stage, action: Create): Promise<unknown> {
  const { tx, scene, directory } = stage;
  const number = scene.made.get(action) ?? FIRST_MADE;
  const user = aUser({
    id: personOf(scene, directory, number),
    directory: directoryOf(scene, directory),
    userName: nameOf(scene, action.as),
    email: emailOf(scene, number),
    ...(action.key !== null && { externalId: keyOf(scene, action.key) }),
  });
  await tx.putUser(user, null);
  const rival = { ...user, id: `rival-${user.id}` as DirectoryUserId };
  const refused = action.rival ? await told(tx.putUser(rival, null)) : null;
  if (user.externalId !== undefined) {
    const tombstone = await tx.tombstoneOf(user.externalId);
    if (tombstone !== undefined) await tx.inherit(tombstone.user.id, user.id);
  }
  if (action.again) await tx.putUser(edited(user, { title: "again" }), 1);
  await record(stage, user.id, "changed");
  return { refused, groups: action.shows ? await tx.groupsOf(user) : null };
}

async function replace(stage: Stage, { target, as, key, email, stale, again, shows }: Replace): Promise<unknown> {
  const { tx, scene, directory } = stage;
  const before = await existing(stage, personOf(scene, directory, target));
  const { externalId: keyBefore, ...rest } = edited(before, {
    title: `of ${before.meta.version}`,
    ...(email !== null && { emails: [{ value: emailOf(scene, email) }] }),
  });
  const externalId = key === "kept" ? keyBefore : key === null ? undefined : keyOf(scene, key);
  const userName = as === null ? before.userName : nameOf(scene, as);
  const user = { ...rest, userName, ...(externalId !== undefined && { externalId }) };
  await tx.putUser(user, before.meta.version - (stale ? 1 : 0));
  if (again) await tx.putUser(edited(user, { title: "again" }), user.meta.version);
  await record(stage, user.id, "changed");
  return { before, groups: shows ? await tx.groupsOf(user) : null };
}

async function changeMembers(stage: Stage, { group: number, base, people, keys, dropped }: Members): Promise<unknown> {
  const { tx, scene, directory, now } = stage;
  const id = groupOf(scene, directory, number);
  const values = [...people.map((each) => personOf(scene, directory, each)), ...keys.map((each) => keyOf(scene, each))];
  const put = values.map((value) => ({ value }));
  const drop = dropped.map((each) => personOf(scene, directory, each)).filter((value) => !values.includes(value));
  const changed = await tx.changeMembers(id, { base, put, drop });
  const stored = await tx.group(id);
  if (stored === undefined) throw new Error("a group whose members changed is there");
  const meta = { ...stored.meta, version: stored.meta.version + 1 };
  await tx.putGroup({ ...stored, meta }, stored.meta.version);
  await tx.wakeMembers(changed, "changed", now);
  return changed.toSorted();
}

async function ask(tx: DirectoryReadTx, scene: Scene, directory: string, { what, about }: Ask): Promise<unknown> {
  const id = personOf(scene, directory, about);
  const externalId = keyOf(scene, about % KEYS);
  if (what === "user") return tx.user(id);
  if (what === "person") return tx.person(id);
  if (what === "groupsOf") {
    const user = await tx.user(id);
    return user === undefined ? undefined : tx.groupsOf(user);
  }
  if (what === "byKey") return tx.userByExternalId(externalId);
  if (what === "tombstone") return tx.tombstoneOf(externalId);
  if (what === "version") return tx.versionOf(id);
  if (what === "members") return tx.members(groupOf(scene, directory, about % 2));
  return tx.people(aQuery({ filter: FILTERS[what](scene, about), withMemberships: about % 2 === 0 })).then(withoutNext);
}

/** Where the next page begins depends on the store. */
const withoutNext = ({ items, total }: { readonly items: unknown; readonly total: number }): unknown => ({
  items,
  total,
});

async function act(stage: Stage, action: Action): Promise<unknown> {
  const { tx, scene, directory, now } = stage;
  switch (action.kind) {
    case "create":
      return create(stage, action);
    case "replace":
      return replace(stage, action);
    case "members":
      return changeMembers(stage, action);
    case "dissolve":
      return tx.removeGroup(groupOf(scene, directory, action.group), now);
    case "remove": {
      const user = await existing(stage, personOf(scene, directory, action.target));
      await tx.removeUser(user.id, now);
      return record(stage, user.id, "leaver");
    }
    case "read":
      return Promise.all(action.asks.map((each) => ask(tx, scene, directory, each)));
  }
}

async function perform(stage: Stage, { actions, goesOn, throws }: UnitScript): Promise<readonly unknown[]> {
  const done: unknown[] = [];
  for (const each of actions) done.push(await (goesOn ? told(act(stage, each)) : act(stage, each)));
  if (throws) throw new RangeError("The unit gives up.");
  return done;
}

/** What was answered, or how it failed. */
interface Told {
  readonly answer?: unknown;
  readonly failed?: string;
}

async function told(answer: Promise<unknown>): Promise<Told> {
  try {
    return { answer: await answer };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return { failed: `${error.constructor.name}: ${error.message}` };
  }
}

/** Who is there before a script is played: with and without keys, deleted, in groups by id and by key. */
async function furnish(store: Store, scene: Scene): Promise<void> {
  for (const [shift, directory] of DIRECTORIES.entries()) {
    await store.write(directoryOf(scene, directory), async (tx) => {
      const keys = [keyOf(scene, shift), keyOf(scene, 1 + shift), undefined, keyOf(scene, 3)];
      for (const [number, externalId] of keys.entries()) {
        const id = personOf(scene, directory, number);
        const userName = nameOf(scene, { name: number + shift, spelling: "plain" });
        const own = { id, userName, directory: directoryOf(scene, directory), email: emailOf(scene, number) };
        await tx.putUser(aUser({ ...own, ...(externalId !== undefined && { externalId }) }), null);
      }
      for (const number of [0, 1]) {
        const id = groupOf(scene, directory, number);
        await tx.putGroup(aGroup({ id, directory: directoryOf(scene, directory) }), null);
        const values = [
          personOf(scene, directory, 2 * number),
          keyOf(scene, 2 + number),
          personOf(scene, directory, 4),
        ];
        await tx.changeMembers(id, { base: "none", put: values.map((value) => ({ value })), drop: [] });
      }
      await tx.removeUser(personOf(scene, directory, 3), NOW);
    });
  }
}

/** Everything that a script may have changed, as the port shows it. */
async function look(store: Store, scene: Scene): Promise<unknown> {
  const people = [...Array(FIRST_MADE).keys(), ...scene.made.values()];
  const asks: readonly Ask[] = [
    { what: "email", about: 0 },
    ...people.flatMap((about) => (["person", "version"] as const).map((what) => ({ what, about }))),
    ...[0, 1, 2, 3, 4].flatMap((about) => (["name", "tombstone"] as const).map((what) => ({ what, about }))),
  ];
  const inDirectories = DIRECTORIES.map((directory) =>
    store.read(directoryOf(scene, directory), async (tx) => ({
      groups: await tx.groups(aQuery({ withMemberships: true })).then(withoutNext),
      total: (await tx.people(aQuery({ limit: 0 }))).total,
      everybody: await tx.people(aQuery({ withMemberships: true })).then(withoutNext),
      single: await Promise.all(asks.map((each) => ask(tx, scene, directory, each))),
    })),
  );
  const due = await store.wakes.due(NOW, 1_000_000);
  const awake = due.filter(({ user }) => user.split("-")[1] === String(scene.run));
  const found = people.map((each) => store.evidence.findPeople(emailOf(scene, each)));
  return {
    directories: await Promise.all(inDirectories),
    awake: awake.map(({ user, reason, since }) => `${user} ${reason} ${since}`).sort(),
    byEmail: (await Promise.all(found)).map((ids) => ids.toSorted()),
  };
}

/** Plays a script to a store that was furnished; returns how each of its units ended. `counts`: which are played. */
async function play(
  store: Store,
  scene: Scene,
  units: readonly UnitScript[],
  isTogether: boolean,
  counts: (unit: UnitScript, index: number) => boolean = () => true,
): Promise<readonly Told[]> {
  const begin = (unit: UnitScript, index: number) => (): Promise<Told> => {
    const { directory } = unit;
    const now = at(`2026-11-23T11:00:${String(index).padStart(2, "0")}.000Z`);
    return told(
      store.write(
        directoryOf(scene, directory),
        (tx) => perform({ tx, scene, directory, now }, unit),
        isTogether ? announcementOf(scene, unit) : undefined,
      ),
    );
  };
  const played = units.map(begin).filter((_, index) => counts(units[index]!, index));
  if (isTogether) return Promise.all(played.map((each) => each()));
  const ended: Told[] = [];
  for (const each of played) ended.push(await each());
  return ended;
}

/** What holds of units that share a commit and of those that announce what they will look at. */
export function announcedContract(contract: StoreContract, createStore: CreateStore): void {
  contract(
    "whatever units announce and share, they end as they would alone, and the same is stored",
    async (t, store) => {
      const other = await createStore(t);
      let run = 0;
      const property = fc.asyncProperty(scripts, fc.boolean(), async (units, leavesOutFailed) => {
        const scene = { run: (run += 1), made: madeBy(units) };
        await Promise.all([furnish(store, scene), furnish(other, scene)]);
        const together = await play(store, scene, units, true);
        // Who fails leaves no trace: the other store need not even know of them.
        const counts = (_: unknown, index: number): boolean =>
          !leavesOutFailed || together[index]?.failed === undefined;
        const alone = await play(other, scene, units, false, counts);
        deepStrictEqual(together.filter(counts), alone);
        deepStrictEqual(await look(store, scene), await look(other, scene));
      });
      await t.notThrowsAsync(async () => fc.assert(property, { numRuns: 60 }));
    },
  );
}
