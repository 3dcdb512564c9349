import test from "ava";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryGroup, DirectoryGroupId, DirectoryId, GroupMember } from "../../src/domain/directory.ts";
import { MutabilityError } from "../../src/domain/errors.ts";
import { isJsonArray, isJsonObject } from "../../src/domain/json.ts";
import type { JsonArray, JsonObject, JsonValue } from "../../src/domain/json.ts";
import { resourceTypes, schema } from "../../src/scim/discovery.ts";
import { patchGroup } from "../../src/scim/group-patch.ts";
import { groupToWire, newGroup, parseGroup } from "../../src/scim/group.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { newUser, parseUser, patchUser, userToWire } from "../../src/scim/user.ts";
import { USER_URN, aStagedUser } from "../support/scim-users.ts";

// What clients are told in /Schemas is all that these tests go by: the definitions inside the server are not looked at.

const BASE_URL = "https://bridge.example/scim/v2";
const at = "2026-01-01T00:00:00.000Z" as Instant;

/** A published attribute, and how a path names it. */
interface Advertised {
  readonly path: string;
  readonly extension: string | null;
  readonly name: string;
  readonly type: JsonValue | undefined;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly mutability: JsonValue | undefined;
  readonly returned: JsonValue | undefined;
  readonly subAttributes: readonly Advertised[];
}

interface Kind {
  readonly name: string;
  /** What clients see after a resource that has `before` was patched. */
  readonly patch: (before: JsonObject, operations: JsonArray) => JsonObject;
}

const users: Kind = {
  name: "User",
  patch: (before, operations) => {
    const stored = newUser(parseUser({ schemas: [USER_URN], userName: "ana@acme.example", ...before }));
    const content = patchUser(stored, parsePatch({ Operations: operations }));
    return userToWire({ ...aStagedUser(), ...content }, { baseUrl: BASE_URL, groups: [] });
  },
};

const groups: Kind = {
  name: "Group",
  patch: ({ members: _, ...before }, operations) => {
    const stored = newGroup(
      parseGroup({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:Group"], displayName: "G", ...before }),
    );
    const members = listOf(_).flatMap((each): readonly GroupMember[] => {
      const { value, type, display } = isJsonObject(each) ? each : {};
      return [
        {
          value: textOf(value),
          refersTo: null,
          ...(type === undefined ? {} : { type: textOf(type) }),
          ...(display === undefined ? {} : { display: textOf(display) }),
        },
      ];
    });
    const result = patchGroup(stored, members, parsePatch({ Operations: operations }));
    const kept = members.filter(
      ({ value }) => result.members?.base !== "none" && !result.members?.drop.includes(value),
    );
    const put = (result.members?.put ?? [])
      .filter(({ value }) => !kept.some((each) => each.value === value))
      .map((each): GroupMember => ({ ...each, refersTo: null }));
    const group: DirectoryGroup = {
      id: "g-1" as DirectoryGroupId,
      directory: "acme" as DirectoryId,
      meta: { created: at, lastModified: at, version: 1 },
      ...result.content,
    };
    return groupToWire({ group, members: [...kept, ...put] }, { baseUrl: BASE_URL });
  },
};

function listOf(value: JsonValue | undefined): JsonArray {
  return isJsonArray(value) ? value : value === undefined ? [] : [value];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function advertisedBy(
  definitions: JsonValue | undefined,
  prefix: string,
  extension: string | null,
): readonly Advertised[] {
  return listOf(definitions).flatMap((definition) => {
    if (!isJsonObject(definition)) return [];
    const { name, type, multiValued, required, mutability, returned, subAttributes } = definition;
    const path = `${prefix}${textOf(name)}`;
    return [
      {
        path,
        extension,
        name: textOf(name),
        type,
        multiValued: multiValued === true,
        required: required === true,
        mutability,
        returned,
        subAttributes: advertisedBy(subAttributes, `${path}.`, extension),
      },
    ];
  });
}

/** All attributes of a resource type, by what /ResourceTypes and /Schemas say. */
function attributesOf({ name }: Kind): readonly Advertised[] {
  const type = resourceTypes(BASE_URL).find(({ id }) => id === name) ?? {};
  const core = textOf(type["schema"]);
  const extensions = listOf(type["schemaExtensions"]).map((each) => (isJsonObject(each) ? textOf(each["schema"]) : ""));
  return [
    ...advertisedBy(schema(BASE_URL, core)["attributes"], "", null),
    ...extensions.flatMap((urn) => advertisedBy(schema(BASE_URL, urn)["attributes"], `${urn}:`, urn)),
  ];
}

/** One of two values of an attribute's type. */
function sample({ type, name }: Advertised, which: "first" | "second"): JsonValue {
  switch (type) {
    case "boolean":
      return which === "first";
    case "integer":
    case "decimal":
      return which === "first" ? 1 : 2;
    case "dateTime":
      return which === "first" ? "2026-01-01T00:00:00Z" : "2026-02-02T00:00:00Z";
    default:
      return `${name}-${which}`;
  }
}

/** A whole value: of a complex attribute an object with every part that may be written. */
function whole(attribute: Advertised, which: "first" | "second"): JsonValue {
  if (attribute.type !== "complex") return sample(attribute, which);
  return Object.fromEntries(attribute.subAttributes.filter(isWritable).map((each) => [each.name, sample(each, which)]));
}

function isWritable({ mutability }: Advertised): boolean {
  return mutability !== "readOnly";
}

function shown(wire: JsonObject, { extension, name }: Advertised): JsonValue | undefined {
  const holder = extension === null ? wire : wire[extension];
  return isJsonObject(holder) ? holder[name] : undefined;
}

/** A resource that holds this value of the attribute. */
function holding({ extension, name }: Advertised, value: JsonValue): JsonObject {
  return extension === null ? { [name]: value } : { [extension]: { [name]: value } };
}

const operation = (op: string, path: string, value?: JsonValue): JsonObject => ({
  op,
  path,
  ...(value === undefined ? {} : { value }),
});

for (const kind of [users, groups]) {
  for (const attribute of attributesOf(kind)) {
    const { path, name, multiValued, subAttributes } = attribute;
    const title = `row 42: ${kind.name} ${path}`;
    const isShown = attribute.returned !== "never";
    const wrap = (value: JsonValue): JsonValue => (multiValued ? [value] : value);
    const [first, second] = [wrap(whole(attribute, "first")), wrap(whole(attribute, "second"))];
    const expectation = (value: JsonValue) => (isShown ? value : undefined);

    if (attribute.mutability === "readOnly") {
      test(`${title} answers mutability`, (t) => {
        for (const op of ["add", "replace", "remove"]) {
          t.throws(() => kind.patch({}, [operation(op, path, "x")]), { instanceOf: MutabilityError }, op);
          for (const sub of subAttributes)
            t.throws(() => kind.patch({}, [operation(op, sub.path, "x")]), { instanceOf: MutabilityError });
        }
        const ignored = kind.patch({}, [{ op: "replace", value: { [path]: first } }]);
        t.is(shown(ignored, attribute), undefined);
      });
      continue;
    }

    test(`${title} is added and replaced, by path and without one`, (t) => {
      for (const op of ["add", "replace"]) {
        t.deepEqual(shown(kind.patch({}, [operation(op, path, first)]), attribute), expectation(first));
        t.deepEqual(shown(kind.patch({}, [{ op, value: { [path]: first } }]), attribute), expectation(first));
        if (attribute.extension === null) continue;
        const nested = { [attribute.extension]: { [name]: first } };
        t.deepEqual(shown(kind.patch({}, [{ op, value: nested }]), attribute), expectation(first));
      }
      const before = holding(attribute, first);
      t.deepEqual(shown(kind.patch(before, [operation("replace", path, second)]), attribute), expectation(second));
      t.deepEqual(
        shown(kind.patch(before, [{ op: "replace", value: { [path]: second } }]), attribute),
        expectation(second),
      );
      const added = expectation(multiValued ? [...listOf(first), ...listOf(second)] : second);
      const both = shown(kind.patch(before, [operation("add", path, second)]), attribute);
      // Of several values one at most is primary; the samples' first one says it is, the second that it is not.
      t.deepEqual(both, added);
    });

    test(`${title} is removed${attribute.required ? ", which is refused" : ""}`, (t) => {
      const removals: readonly JsonObject[] = [
        operation("remove", path),
        operation("replace", path, null),
        { op: "replace", value: { [path]: null } },
      ];
      for (const removal of removals) {
        // Nothing but true and false says whether somebody may use the service.
        if (attribute.required || path === "active") t.throws(() => kind.patch(holding(attribute, first), [removal]));
        else
          t.is(shown(kind.patch(holding(attribute, first), [removal]), attribute), undefined, JSON.stringify(removal));
      }
    });

    for (const sub of subAttributes) {
      if (!isWritable(sub)) {
        test(`row 42: ${kind.name} ${sub.path} answers mutability`, (t) => {
          t.throws(() => kind.patch(holding(attribute, first), [operation("replace", sub.path, "x")]), {
            instanceOf: MutabilityError,
          });
          const given = {
            ...(isJsonObject(listOf(first)[0]) ? (listOf(first)[0] as JsonObject) : {}),
            [sub.name]: "x",
          };
          const wire = kind.patch({}, [operation("add", path, wrap(given))]);
          t.deepEqual(shown(wire, attribute), first, "it is dropped beside what is writable");
        });
        continue;
      }
      test(`row 42: ${kind.name} ${sub.path} is added, replaced and removed`, (t) => {
        const part = (wire: JsonObject): JsonValue | undefined => {
          const [value] = listOf(shown(wire, attribute));
          return isJsonObject(value) ? value[sub.name] : undefined;
        };
        const [old, next] = [sample(sub, "first"), sample(sub, "second")];
        // Something else is there, so that the element stays when this part of it goes.
        const label = subAttributes.find(
          (each) => isWritable(each) && each.name !== sub.name && each.name !== "primary" && each.type !== "boolean",
        );
        const rest: JsonObject = label === undefined ? {} : { [label.name]: sample(label, "first") };
        const withOld = holding(attribute, wrap({ ...rest, [sub.name]: old }));
        const without = holding(attribute, wrap(rest));
        const selector = label === undefined ? null : `${path}[${label.name} eq ${JSON.stringify(rest[label.name])}]`;
        const paths = multiValued ? (selector === null ? [] : [`${selector}.${sub.name}`]) : [sub.path];
        for (const target of paths) {
          if (sub.mutability === "immutable") {
            for (const change of [operation("replace", target, next), operation("remove", target)]) {
              const edit = () => kind.patch(withOld, [change]);
              // A member without its value is no member: removing the one removes the other.
              if (sub.required && change["op"] === "remove") t.is(shown(edit(), attribute), undefined);
              else t.throws(edit, { instanceOf: MutabilityError }, target);
            }
            continue;
          }
          for (const op of ["add", "replace"]) {
            t.deepEqual(part(kind.patch(without, [operation(op, target, next)])), next, `${op} ${target}`);
            t.deepEqual(part(kind.patch(withOld, [operation(op, target, next)])), next, `${op} ${target}`);
          }
          t.is(part(kind.patch(withOld, [operation("remove", target)])), undefined, `remove ${target}`);
          t.is(part(kind.patch(withOld, [operation("replace", target, null)])), undefined, `clear ${target}`);
        }
        if (!multiValued) {
          const merged = kind.patch(without, [operation("replace", path, { [sub.name]: next })]);
          t.is(part(merged), next);
          // A reference that was not sent along would point at whom the value named before.
          if (sub.name !== "value") t.like(shown(merged, attribute), { ...rest, [sub.name]: next });
        } else if (selector !== null && sub.mutability === "readWrite") {
          const merged = kind.patch(withOld, [operation("replace", selector, { [sub.name]: next })]);
          t.deepEqual(part(merged), next);
          t.is(shown(kind.patch(withOld, [operation("remove", selector)]), attribute), undefined);
        }
      });
    }
  }
}

test("row 42: what is said of users and groups is not little", (t) => {
  t.true(attributesOf(users).length > 20);
  t.deepEqual(
    attributesOf(groups).map(({ name }) => name),
    ["displayName", "members"],
  );
});
