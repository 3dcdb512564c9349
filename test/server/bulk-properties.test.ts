import test from "ava";
import fc from "fast-check";
import type { JsonObject } from "../../src/domain/json.ts";
import { openTestApp, PUBLIC_URL } from "../support/app.ts";
import { aPatch, aScimGroup, BULK_URN } from "../support/scim-users.ts";

/** Groups by number: whom each has as members, and where in the request a rename of each comes. */
const requests = fc.integer({ min: 1, max: 7 }).chain((size) =>
  fc.record({
    members: fc.array(fc.uniqueArray(fc.nat(size - 1), { maxLength: 4 }), { minLength: size, maxLength: size }),
    renamed: fc.uniqueArray(fc.record({ group: fc.nat(size - 1), at: fc.nat(size) }), {
      maxLength: 4,
      selector: ({ group }) => group,
    }),
    failOnErrors: fc.constantFrom(null, 1),
  }),
);

test("whatever refers to whatever, every operation is done and every reference is the id it stands for", async (t) => {
  const app = await openTestApp(t);
  let run = 0;
  const property = fc.asyncProperty(requests, async ({ members, renamed, failOnErrors }) => {
    run += 1;
    const operations: JsonObject[] = members.map((own, index) => ({
      method: "POST",
      path: "/Groups",
      bulkId: `g${index}`,
      data: aScimGroup(
        `run ${run} group ${index}`,
        own.map((member) => `bulkId:g${member}`),
      ),
    }));
    for (const { group, at } of renamed) {
      const data = aPatch({ op: "add", path: "externalId", value: `run ${run} group ${group}` });
      operations.splice(at, 0, { method: "PATCH", path: `/Groups/bulkId:g${group}`, data });
    }
    const json = { schemas: [BULK_URN], Operations: operations, ...(failOnErrors === null ? {} : { failOnErrors }) };
    const { text, body } = await app.ask("POST", "scim/v2/Bulk", { json });
    const results = body["Operations"] as readonly JsonObject[];
    t.deepEqual(
      results.map(({ method, status }) => [method, status]),
      operations.map(({ method }) => [method, method === "POST" ? "201" : "200"]),
      text,
    );
    const made = results.filter(({ method }) => method === "POST");
    const idOf = (index: number): string => (made[index]?.["location"] as string).split("/").at(-1) ?? "";
    for (const [index, own] of members.entries()) {
      const path = (made[index]?.["location"] as string).slice(PUBLIC_URL.length + 1);
      const group = (await app.ask("GET", path)).body;
      const values = ((group["members"] ?? []) as readonly JsonObject[]).map(({ value }) => value as string);
      t.deepEqual(values.toSorted(), own.map(idOf).toSorted());
      const isRenamed = renamed.some((each) => each.group === index);
      t.is(group["externalId"], isRenamed ? `run ${run} group ${index}` : undefined);
    }
  });
  await fc.assert(property, { numRuns: 60 });
});

/** Changes of three groups, two of which the request makes, each with those that it names as members. */
const changes = fc.record({
  changes: fc.array(fc.record({ group: fc.nat(2), names: fc.subarray(["g1", "g2"]) }), { maxLength: 10 }),
  members: fc.tuple(fc.subarray(["g1", "g2"]), fc.subarray(["g1", "g2"])),
  at: fc.tuple(fc.nat(10), fc.nat(10)),
  failOnErrors: fc.constantFrom(null, 1),
});

test("whatever waits for a reference, the changes of one resource keep their order", async (t) => {
  const app = await openTestApp(t);
  let run = 0;
  const property = fc.asyncProperty(changes, async ({ changes, members, at, failOnErrors }) => {
    run += 1;
    const old = await app.ask("POST", "scim/v2/Groups", { json: aScimGroup(`old ${run}`, []) });
    const ids = ["", "bulkId:g1", "bulkId:g2"].map((id) => (id === "" ? (old.body["id"] as string) : id));
    const operations: JsonObject[] = changes.map(({ group, names }, index) => ({
      method: "PATCH",
      path: `/Groups/${ids[group]}`,
      data: aPatch(
        { op: "replace", path: "externalId", value: `run ${run} change ${index}` },
        { op: "replace", path: "members", value: names.map((name) => ({ value: `bulkId:${name}` })) },
      ),
    }));
    members.forEach((own, index) => {
      const bulkId = `g${index + 1}`;
      const data = aScimGroup(
        `${bulkId} ${run}`,
        own.map((name) => `bulkId:${name}`),
      );
      operations.splice(at[index] ?? 0, 0, { method: "POST", path: "/Groups", bulkId, data });
    });
    const json = { schemas: [BULK_URN], Operations: operations, ...(failOnErrors === null ? {} : { failOnErrors }) };
    const { text, body } = await app.ask("POST", "scim/v2/Bulk", { json });
    const results = body["Operations"] as readonly JsonObject[];
    t.deepEqual(
      results.map(({ status }) => status),
      operations.map(({ method }) => (method === "POST" ? "201" : "200")),
      text,
    );
    const made = ["g1", "g2"].map((name) => results.find(({ bulkId }) => bulkId === name)?.["location"] as string);
    const real = [ids[0] ?? "", ...made.map((location) => location.split("/").at(-1) ?? "")];
    for (const [group, id] of real.entries()) {
      const last = changes.findLastIndex((each) => each.group === group);
      const names = changes[last]?.names ?? members[group - 1] ?? [];
      const now = (await app.ask("GET", `scim/v2/Groups/${id}`)).body;
      t.is(now["externalId"], last < 0 ? undefined : `run ${run} change ${last}`);
      t.deepEqual(
        ((now["members"] ?? []) as readonly JsonObject[]).map(({ value }) => value as string).toSorted(),
        names.map((name) => real[Number(name.slice(1))] ?? "").toSorted(),
      );
    }
  });
  await fc.assert(property, { numRuns: 60 });
});
