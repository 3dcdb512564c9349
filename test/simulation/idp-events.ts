import type { DirectoryId } from "../../src/domain/directory.ts";
import type { Chance } from "./chance.ts";
import { liveOf, type Said, type Staged } from "./directory-model.ts";
import type { Idp } from "./idp.ts";
import type { World } from "./world.ts";

/** One thing that an IdP does, made of one push or several. */
export type IdpEvent = () => Promise<void>;

/** Draws what the IdP does next. It is decided here; doing it takes no chances, so that it can be done again. */
export function drawIdpEvent(world: World, idp: Idp, chance: Chance): IdpEvent {
  const { scenario, directory: model } = world;
  const directory = chance.percent(80) ? scenario.directories[0]! : chance.oneOf(scenario.directories);
  const who = chance.below(scenario.identities);
  const staged = liveOf(model, who, directory);
  if (staged !== undefined && !staged.said.active && chance.percent(40))
    return () => idp.change(staged, { active: true });
  if (staged === undefined) return drawHire(world, idp, who, directory, chance);
  const others = [...model.users.values()].filter(
    (other) => other.id !== staged.id && !other.isDeleted && other.directory === directory,
  );
  const other = others.length === 0 ? null : chance.oneOf(others);
  const kind = chance.weighted<keyof typeof EVENTS>([
    [4, "edit"],
    [4, "move"],
    [10, "deactivate"],
    [3, "reactivate"],
    [4, "remove"],
    [3, "rename"],
    [2, "changeCase"],
    [2, "swap"],
    [2, "chain"],
    [2, "put"],
    [1, "again"],
    [2, "member"],
    [1, "dropGroup"],
    [1, "renameKey"],
    [1, "manager"],
  ]);
  return EVENTS[kind](idp, staged, other, chance);
}

/** Somebody comes, or comes back: under the same external id, a new one, or none. */
function drawHire(world: World, idp: Idp, who: number, directory: DirectoryId, chance: Chance): IdpEvent {
  const before = [...world.directory.users.values()].filter((one) => one.who === who && one.directory === directory);
  const last = before.at(-1);
  const fresh = `e-${who}-${before.length}`;
  const externalId = last === undefined ? fresh : chance.percent(50) ? last.said.externalId : fresh;
  const email = last?.said.email ?? `${chance.percent(20) ? "P" : "p"}${who}@acme.example`;
  const said: Said = {
    externalId,
    userName: last?.said.userName ?? email,
    email,
    displayName: `Canary ${who}`,
    department: chance.oneOf(["Sales", "Support", "Field", "Elsewhere"]),
    title: chance.oneOf(["Clerk", "Sales Manager"]),
    userType: chance.weighted([
      [8, "Employee"],
      [1, "Contractor"],
      [1, "Robot"],
    ]),
    manager: null,
    active: !chance.percent(8),
  };
  const isDoubled = chance.percent(10);
  return async () => {
    await idp.hire(who, directory, said);
    if (isDoubled) await idp.hire(who, directory, said);
  };
}

/** Whoever is active leaves, whoever has left comes back. */
export function turnRound(idp: Idp, staged: Staged): IdpEvent {
  const active = !staged.said.active;
  return () => idp.change(staged, { active });
}

/** Everybody comes who has not come yet. */
export function drawFirstHire(world: World, idp: Idp, who: number, chance: Chance): IdpEvent {
  return drawHire(world, idp, who, world.scenario.directories[0]!, chance);
}

type Draw = (idp: Idp, staged: Staged, other: Staged | null, chance: Chance) => IdpEvent;

const draws = (draw: Draw): Draw => draw;

const EVENTS = {
  edit: draws((idp, staged, _other, chance) => {
    const displayName = `Canary ${staged.who} ${chance.below(1000)}`;
    return () => idp.change(staged, { displayName });
  }),
  move: draws((idp, staged, _other, chance) => {
    const department = chance.oneOf(["Sales", "Support", "Field", "Elsewhere"]);
    const title = chance.oneOf(["Clerk", "Sales Manager"]);
    const userType = chance.oneOf(["Employee", "Employee", "Contractor", "Robot"]);
    const parts = chance.oneOf([{ department }, { title }, { department, title }, { userType }]);
    return () => idp.change(staged, parts);
  }),
  deactivate: draws((idp, staged, _other, chance) => {
    const displayName = chance.percent(20) ? `Canary late ${staged.who}` : null;
    return async () => {
      await idp.change(staged, { active: false });
      // An edit that was made before comes after.
      if (displayName !== null) await idp.change(staged, { displayName });
    };
  }),
  reactivate: draws((idp, staged) => () => idp.change(staged, { active: true })),
  remove: draws((idp, staged) => () => idp.remove(staged)),
  rename: draws((idp, staged, _other, chance) => {
    const email = `p${staged.who}-r${chance.below(1000)}@acme.example`;
    return () => idp.change(staged, { email, userName: email });
  }),
  changeCase: draws((idp, staged) => {
    const email = staged.said.email.startsWith("p") ? staged.said.email.toUpperCase() : staged.said.email.toLowerCase();
    return () => idp.change(staged, { email });
  }),
  swap: draws((idp, staged, other) => {
    if (other === null) return async () => undefined;
    const [mine, theirs] = [staged.said.email, other.said.email];
    return async () => {
      await idp.change(staged, { email: theirs });
      await idp.change(other, { email: mine });
    };
  }),
  chain: draws((idp, staged, other, chance) => {
    if (other === null) return async () => undefined;
    const freed = other.said.email;
    const email = `p${other.who}-c${chance.below(1000)}@acme.example`;
    return async () => {
      await idp.change(staged, { email: freed });
      await idp.change(other, { email });
    };
  }),
  put: draws((idp, staged, _other, chance) => {
    const displayName = `Canary put ${chance.below(1000)}`;
    return () => idp.replace(staged, { displayName });
  }),
  again: draws((idp, staged) => () => idp.change(staged, { ...staged.said })),
  member: draws((idp, staged, _other, chance) => {
    const isMember = chance.percent(65);
    return () => idp.setMember(staged, isMember);
  }),
  dropGroup: draws((idp, staged) => () => idp.dropGroup(staged.directory)),
  renameKey: draws((idp, staged, _other, chance) => {
    const userName = `key-${staged.who}-${chance.below(1000)}@acme.example`;
    return () => idp.change(staged, { userName });
  }),
  manager: draws((idp, staged, other) => {
    if (other === null) return async () => undefined;
    return () => idp.change(staged, { manager: other.id });
  }),
} as const;
