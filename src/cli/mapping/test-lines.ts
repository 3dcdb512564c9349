import type { MappingTests } from "../../engine/mapping/check-mapping.ts";
import { MappingTestsError } from "../../domain/mapping-errors.ts";
import { counted } from "../../planning/rendering/change-words.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";

/** What came of the tests inside a mapping. */
export function testLines(file: string, { tests, failures }: MappingTests): readonly string[] {
  if (failures.length > 0) {
    return new MappingTestsError(file, failures).message.split("\n").map(safeText);
  }
  const held =
    tests === 0
      ? 'it has no tests: add some under "tests", such as {"given": {"title": "Manager"}, "groups": ["Managers"]}'
      : tests === 1
        ? "its test holds"
        : `its ${counted(tests, "test")} hold`;
  return [`${file} is a mapping, and ${held}.`, `Next: rosterbridge mapping preview ${file}`];
}
