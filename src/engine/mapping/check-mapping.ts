import { ConfigError } from "../../domain/errors.ts";
import type { JsonObject } from "../../domain/json.ts";
import { MappingTestsError, type FailedMappingTest } from "../../domain/mapping-errors.ts";
import { failingTests } from "../../mapping/check-tests.ts";
import { compileMapping } from "../../mapping/compile.ts";
import { parseMapping, type MappingDocument } from "../../mapping/rules.ts";

/** The longest mapping that is taken, as JSON in UTF-16 code units: some 20,000 lines of a value table. */
export const LONGEST_MAPPING = 1_048_576;

/** What came of the tests inside a mapping. */
export interface MappingTests {
  readonly tests: number;
  readonly failures: readonly FailedMappingTest[];
}

/** Checks a document and fills in its defaults. Throws ConfigError with every problem and its path. */
export function readMapping(document: unknown): MappingDocument {
  const length = JSON.stringify(document)?.length ?? 0;
  if (length > LONGEST_MAPPING) {
    const message = `is ${length.toLocaleString("en")} characters long: at most ${LONGEST_MAPPING.toLocaleString("en")} are taken`;
    throw new ConfigError("The mapping", [{ path: "", message }]);
  }
  return parseMapping(document);
}

/** Runs the tests inside a mapping. */
export function testMapping(document: MappingDocument): MappingTests {
  const failures = failingTests(compileMapping(document, 0)).map((one) => ({
    index: one.index,
    given: toJson(one.given),
    directoryGroups: one.directoryGroups,
    expected: toJson(one.expected),
    actual: toJson(one.actual),
  }));
  return { tests: document.tests.length, failures };
}

/** Throws MappingTestsError unless all tests inside the mapping hold. */
export function expectTestsHold(document: MappingDocument, source: string): void {
  const { failures } = testMapping(document);
  if (failures.length > 0) throw new MappingTestsError(source, failures);
}

/** A mapping, or a part of one, as the JSON that it is. */
export function toJson(part: object): JsonObject {
  return JSON.parse(JSON.stringify(part)) as JsonObject;
}
