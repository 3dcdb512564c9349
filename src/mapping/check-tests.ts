import type { DirectoryGroupId, DirectoryId, DirectoryUserId, Person } from "../domain/directory.ts";
import type { Instant } from "../domain/brand.ts";
import type { Mapping } from "./compile.ts";
import { desire } from "./desire.ts";
import { toResource } from "./rules.ts";
import type { MappingDocument } from "./rules.ts";

type OwnTest = MappingDocument["tests"][number];

/** What a test of the mapping expects, or what came of it; only what the test speaks of. */
export interface TestedOutcome {
  readonly groups?: readonly string[];
  readonly seat?: string | null;
}

/** A test of the mapping's own that fails; `index` counts from 0. */
export interface FailingTest {
  readonly index: number;
  readonly given: OwnTest["given"];
  readonly directoryGroups: readonly string[];
  readonly expected: TestedOutcome;
  readonly actual: TestedOutcome;
}

/** Runs the mapping's own `tests`; empty when all of them hold. Groups are compared in any order. */
export function failingTests(mapping: Mapping): readonly FailingTest[] {
  return mapping.document.tests.flatMap((test, index) => {
    const { groups, seat } = desire(givenPerson(test), mapping);
    const expected: TestedOutcome = {
      ...(test.groups === undefined ? {} : { groups: [...new Set(test.groups)].sort() }),
      ...(test.seat === undefined ? {} : { seat: test.seat }),
    };
    const actual: TestedOutcome = {
      ...(test.groups === undefined ? {} : { groups }),
      ...(test.seat === undefined ? {} : { seat }),
    };
    return JSON.stringify(expected) === JSON.stringify(actual)
      ? []
      : [{ index, given: test.given, directoryGroups: test.directoryGroups, expected, actual }];
  });
}

const EPOCH = "1970-01-01T00:00:00.000Z" as Instant;

function givenPerson({ given, directoryGroups }: OwnTest): Person {
  const resource = toResource(given);
  const { userName, externalId, active } = resource;
  return {
    user: {
      id: "test" as DirectoryUserId,
      directory: "test" as DirectoryId,
      ...(typeof externalId === "string" ? { externalId } : {}),
      userName: typeof userName === "string" ? userName : "",
      active: active !== false,
      resource,
      meta: { created: EPOCH, lastModified: EPOCH, version: 1 },
    },
    deletedAt: null,
    groups: directoryGroups.map((displayName) => ({ id: displayName as DirectoryGroupId, displayName })),
  };
}
