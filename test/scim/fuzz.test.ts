import { setImmediate } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import test from "ava";
import fc from "fast-check";
import type { Instant } from "../../src/domain/brand.ts";
import type { DirectoryGroupId, DirectoryId, GroupMember } from "../../src/domain/directory.ts";
import { ScimError } from "../../src/domain/errors.ts";
import type { JsonObject, JsonValue } from "../../src/domain/json.ts";
import { bulkOrder } from "../../src/scim/bulk-order.ts";
import { fillBulkIds, operationReferences, withoutReferences } from "../../src/scim/bulk-references.ts";
import { compileFilter } from "../../src/scim/evaluate.ts";
import { patchGroup, readsMembers } from "../../src/scim/group-patch.ts";
import type { GroupContent } from "../../src/scim/group.ts";
import { groupToWire, newGroup, parseGroup, replaceGroup } from "../../src/scim/group.ts";
import { parsePaging } from "../../src/scim/message.ts";
import { parseBulk } from "../../src/scim/parse-bulk.ts";
import { parseFilter } from "../../src/scim/parse-filter.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { parsePatchPath } from "../../src/scim/parse-path.ts";
import { printFilter } from "../../src/scim/print-filter.ts";
import { parseProjection, projectResource } from "../../src/scim/projection.ts";
import { GROUP_TYPE, USER_TYPE } from "../../src/scim/resource-types.ts";
import { parseSearchRequest } from "../../src/scim/search-request.ts";
import { compareSortKeys, compileSortKey, parseSortBy } from "../../src/scim/sort-key.ts";
import { newUser, parseUser, patchUser, userToWire } from "../../src/scim/user.ts";
import { aStagedUser } from "../support/scim-users.ts";
import { bulkBody, filterText, groupBody, patchBody, pathText, searchBody, userBody } from "./hostile-arbitraries.ts";

/** How many inputs each property gets: 5,000, or what the environment says for the long form, in which time counts too. */
const RUNS = Number(process.env["ROSTERBRIDGE_FUZZ_RUNS"] ?? 5000);
const IS_LONG = process.env["ROSTERBRIDGE_FUZZ_RUNS"] !== undefined;
const LIMIT_MS = 50;
const CHUNK = 5000;

const baseUrl = "https://bridge.example/scim/v2";
const at = "2026-01-01T00:00:00.000Z" as Instant;
const user = aStagedUser({
  emails: [
    { value: "ana@acme.example", type: "work", primary: true },
    { value: "b@x", type: "home" },
  ],
  name: { givenName: "Ana" },
  "urn:acme.example:people:2.0:User": { x: [{ y: "1" }], deep: { a: { b: true } } },
});
const group: GroupContent = { displayName: "Sales", resource: { displayName: "Sales" } };
const members: readonly GroupMember[] = [
  { value: "a", display: "Ana", refersTo: { type: "User", id: "a" } },
  { value: "b", type: "Group", refersTo: null },
];

function userWire(content: Pick<typeof user, "resource">): JsonObject {
  return userToWire({ ...user, ...content }, { baseUrl, groups: [] });
}

function groupWire(content: GroupContent, shown: readonly GroupMember[]): JsonObject {
  const staged = {
    id: "g-1" as DirectoryGroupId,
    directory: "acme" as DirectoryId,
    meta: { created: at, lastModified: at, version: 1 },
  };
  return groupToWire({ group: { ...staged, ...content }, members: shown }, { baseUrl });
}

/** Runs one input. Throws unless it ends in an answer or in a ScimError of 4xx; returns what it cost this thread, in milliseconds. */
function attempt<Input>(run: (input: Input) => void, input: Input): number {
  const started = process.threadCpuUsage();
  try {
    run(input);
  } catch (error) {
    if (!(error instanceof ScimError) || error.status < 400 || error.status > 499) throw error;
  }
  const { user: ours, system } = process.threadCpuUsage(started);
  return (ours + system) / 1000;
}

/** Every input ends in an answer or in a ScimError of 4xx, and changes no prototype; in the long form, within 50 ms. */
async function survives<Input>(
  t: ExecutionContext,
  inputs: fc.Arbitrary<Input>,
  run: (input: Input) => void,
): Promise<void> {
  t.timeout(3_600_000);
  const prototypes = () =>
    [Object.prototype, Array.prototype, Function.prototype].map((each) => Object.getOwnPropertyNames(each).toSorted());
  const before = prototypes();
  let slowest = { ms: 0, input: "" };
  for (let done = 0; done < RUNS; done += CHUNK) {
    fc.assert(
      fc.property(inputs, (input) => {
        const ms = attempt(run, input);
        if (!IS_LONG || ms <= slowest.ms) return;
        // A pause of the machine is not the input's fault: it is slow when it is slow again.
        const again = Math.min(ms, attempt(run, input));
        if (again > LIMIT_MS) throw new Error(`took over ${LIMIT_MS} ms twice (${again.toFixed(1)} ms)`);
        if (again > slowest.ms) slowest = { ms: again, input: JSON.stringify(input).slice(0, 200) };
      }),
      { numRuns: Math.min(CHUNK, RUNS - done) },
    );
    await setImmediate();
  }
  t.deepEqual(prototypes(), before);
  t.false("polluted" in {});
  if (IS_LONG) t.log(`${RUNS} runs, slowest ${slowest.ms.toFixed(2)} ms: ${slowest.input}`);
}

test("hostile filters", async (t) => {
  await survives(t, filterText, (text) => {
    const filter = parseFilter(text);
    parseFilter(printFilter(filter));
    for (const type of [USER_TYPE, GROUP_TYPE]) {
      const wire = type === USER_TYPE ? userWire(user) : groupWire(group, members);
      compileFilter(filter, type, { unknownAttributes: "absent" })(wire);
      compileFilter(filter, type)(wire);
    }
  });
});

test("hostile paths, orders and projections", async (t) => {
  await survives(t, pathText, (text) => {
    const wire = userWire(user);
    projectResource(wire, parseProjection({ excludedAttributes: text }, USER_TYPE));
    projectResource(wire, parseProjection({ attributes: text }, USER_TYPE));
    const path = parseSortBy(text, null);
    const key = compileSortKey(path, USER_TYPE, { unknownAttributes: "absent" })(wire);
    compareSortKeys(key, null, true);
    parsePatchPath(text);
  });
});

test("hostile PATCH bodies on a user", async (t) => {
  await survives(t, patchBody, (body) => userWire(patchUser(user, parsePatch(body))));
});

test("hostile PATCH bodies on a group", async (t) => {
  await survives(t, patchBody, (body) => {
    const operations = parsePatch(body);
    const { content, members: change } = patchGroup(group, readsMembers(operations) ? members : null, operations);
    groupWire(
      content,
      (change?.put ?? []).map((each) => ({ ...each, refersTo: null })),
    );
  });
});

test("hostile users", async (t) => {
  await survives(t, userBody, (body) => {
    const content = newUser(parseUser(body));
    projectResource(userWire(content), parseProjection({}, USER_TYPE));
  });
});

test("hostile groups", async (t) => {
  await survives(t, groupBody, (body) => {
    const draft = parseGroup(body);
    replaceGroup(group, draft);
    groupWire(
      newGroup(draft),
      (draft.members ?? []).map((each) => ({ ...each, refersTo: null })),
    );
  });
});

test("hostile bulk requests", async (t) => {
  await survives(t, bulkBody, (body) => {
    const { operations } = parseBulk(body);
    const steps = bulkOrder(operations);
    if (steps.length !== operations.length) throw new Error("an operation was lost");
    for (const operation of operations) {
      const references = operationReferences(operation);
      const data: JsonValue = operation.data ?? null;
      fillBulkIds(data, new Map([...references].map((name) => [name, `id-${name}`])));
      withoutReferences(data, references);
    }
  });
});

test("hostile searches", async (t) => {
  await survives(t, searchBody, (body) => {
    const request = parseSearchRequest(body);
    parsePaging(request);
    parseProjection(request, GROUP_TYPE);
    if (request.filter !== undefined) compileFilter(parseFilter(request.filter), GROUP_TYPE);
    if (request.sortBy !== undefined) parseSortBy(request.sortBy, null);
  });
});
