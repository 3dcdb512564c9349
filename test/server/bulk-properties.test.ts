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
