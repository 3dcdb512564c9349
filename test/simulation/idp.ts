import type { DirectoryId, DirectoryUserId } from "../../src/domain/directory.ts";
import { ScimError } from "../../src/domain/errors.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { Services } from "../../src/engine/services.ts";
import { parseGroup } from "../../src/scim/group.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { parseUser } from "../../src/scim/user.ts";
import { PLAIN } from "../support/bridge.ts";
import { ENTERPRISE_URN, GROUP_URN, PATCH_URN, USER_URN } from "../support/scim-users.ts";
import { GROUP_NAME, liveOf, type Said, type Staged } from "./directory-model.ts";
import type { World } from "./world.ts";

/** The IdP's side: what it pushes, and what it may believe afterwards. All throw Killed when the process dies meanwhile. */
export interface Idp {
  /** POST. */
  hire(who: number, directory: DirectoryId, said: Said): Promise<void>;
  /** PATCH with what differs, as most IdPs send it. */
  change(staged: Staged, parts: Partial<Said>): Promise<void>;
  /** PUT with everything. */
  replace(staged: Staged, parts: Partial<Said>): Promise<void>;
  remove(staged: Staged): Promise<void>;
  /** Makes the group that the mapping reads, if there is none, and puts people in or out. */
  setMember(staged: Staged, isMember: boolean): Promise<void>;
  dropGroup(directory: DirectoryId): Promise<void>;
}

const origin = (directory: DirectoryId) => ({ directory, actor: "token:canary-id" });

/** Pushes through the services of the process that runs now. */
export function createIdp(world: World, services: () => Services): Idp {
  const { directory: model } = world;
  const note = (staged: Staged, said: Said): void => {
    staged.said = said;
    staged.statements += 1;
  };
  /** False when the bridge said no. */
  const taken = async (what: string, push: () => Promise<unknown>, staged?: Staged): Promise<boolean> => {
    const sure = (isSure: boolean): void => void (staged === undefined || (staged.isUnsure = !isSure));
    try {
      sure(false);
      await push();
      sure(true);
      world.tell(`idp: ${what}`);
      return true;
    } catch (error) {
      if (!(error instanceof ScimError)) throw error;
      sure(true);
      world.tell(`idp: ${what}: refused (${error.name})`);
      return false;
    }
  };
  const patch = (staged: Staged, value: JsonObject): Promise<unknown> => {
    const operations = parsePatch({ schemas: [PATCH_URN], Operations: [{ op: "replace", value }] });
    return services().provisioning.patchUser(origin(staged.directory), staged.id, operations, null, PLAIN);
  };
  const groupOf = async (directory: DirectoryId): Promise<{ id: string; readonly members: Set<string> }> => {
    const known = model.groups.get(directory);
    if (known !== undefined) return known;
    const draft = parseGroup({ schemas: [GROUP_URN], displayName: GROUP_NAME });
    const { group } = await services().groups.createGroup(origin(directory), draft, PLAIN);
    const made = { id: group.id, members: new Set<string>() };
    model.groups.set(directory, made);
    return made;
  };

  return {
    async hire(who, directory, said) {
      const learn = (id: string): void => {
        model.users.set(id, { id, directory, who, said, isDeleted: false, isUnsure: false, statements: 1 });
      };
      const done = await taken(`POST ${show(who, directory)} ${JSON.stringify(said)}`, async () => {
        const draft = parseUser(resourceOf(said));
        learn((await services().provisioning.createUser(origin(directory), draft, PLAIN)).user.id);
      });
      if (done || liveOf(model, who, directory) !== undefined) return;
      // An IdP whose POST was never answered looks for what came of it.
      const key = said.externalId ?? "";
      const known = await world.observer.read(directory, (tx) => tx.userByExternalId(key));
      if (known !== undefined && !model.users.has(known.id)) learn(known.id);
    },
    async change(staged, parts) {
      const said = { ...staged.said, ...parts };
      const value = partsOf(said, Object.keys(parts));
      const done = await taken(
        `PATCH ${show(staged.who, staged.directory)} ${JSON.stringify(parts)}`,
        () => patch(staged, value),
        staged,
      );
      if (done) note(staged, said);
    },
    async replace(staged, parts) {
      const said = { ...staged.said, ...parts };
      const done = await taken(
        `PUT ${show(staged.who, staged.directory)} ${JSON.stringify(parts)}`,
        () =>
          services().provisioning.replaceUser(
            origin(staged.directory),
            staged.id,
            parseUser(resourceOf(said)),
            null,
            PLAIN,
          ),
        staged,
      );
      if (done) note(staged, said);
    },
    async remove(staged) {
      const done = await taken(
        `DELETE ${show(staged.who, staged.directory)}`,
        () => services().provisioning.deleteUser(origin(staged.directory), staged.id, null),
        staged,
      );
      // A DELETE whose answer was lost is answered 404 when it is repeated: gone is gone.
      if (!done && (await world.observer.read(staged.directory, (tx) => tx.user(staged.id as DirectoryUserId)))) return;
      staged.isDeleted = true;
      model.groups.get(staged.directory)?.members.delete(staged.id);
      note(staged, staged.said);
    },
    async setMember(staged, isMember) {
      await taken(`group ${isMember ? "add" : "remove"} ${show(staged.who, staged.directory)}`, async () => {
        const group = await groupOf(staged.directory);
        const value = [{ value: staged.id }];
        const operation = isMember
          ? { op: "add", path: "members", value }
          : { op: "remove", path: `members[value eq "${staged.id}"]` };
        const operations = parsePatch({ schemas: [PATCH_URN], Operations: [operation] });
        await services().groups.patchGroup(origin(staged.directory), group.id, operations, null, PLAIN);
        group.members[isMember ? "add" : "delete"](staged.id);
        note(staged, staged.said);
      });
    },
    async dropGroup(directory) {
      const group = model.groups.get(directory);
      if (group === undefined) return;
      await taken(`DELETE group of ${directory}`, () =>
        services().groups.deleteGroup(origin(directory), group.id, null),
      );
      model.groups.delete(directory);
    },
  };
}

function show(who: number, directory: DirectoryId): string {
  return `person ${who} of ${directory}`;
}

/** The SCIM resource that says this. */
export function resourceOf(said: Said): JsonObject {
  return {
    schemas: [USER_URN, ENTERPRISE_URN],
    ...(said.externalId === null ? {} : { externalId: said.externalId }),
    ...partsOf(said, ["userName", "email", "displayName", "department", "title", "userType", "manager", "active"]),
  };
}

function partsOf(said: Said, names: readonly string[]): JsonObject {
  const has = (name: keyof Said): boolean => names.includes(name);
  const enterprise = {
    ...(has("department") ? { department: said.department } : {}),
    ...(has("manager") && said.manager !== null ? { manager: { value: said.manager } } : {}),
  };
  return {
    ...(has("userName") ? { userName: said.userName } : {}),
    ...(has("displayName") ? { displayName: said.displayName } : {}),
    ...(has("email") ? { emails: [{ value: said.email, type: "work", primary: true }] } : {}),
    ...(has("title") ? { title: said.title } : {}),
    ...(has("userType") ? { userType: said.userType } : {}),
    ...(has("active") ? { active: said.active } : {}),
    ...(Object.keys(enterprise).length > 0 ? { [ENTERPRISE_URN]: enterprise } : {}),
  };
}
