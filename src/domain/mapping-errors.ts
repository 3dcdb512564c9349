import { BridgeError } from "./errors.ts";
import type { JsonObject } from "./json.ts";

/** What somebody has to know to try again: the version that is in force, and its tag. */
export interface MappingNow {
  readonly version: number;
  /** As an ETag has it, without the quotes. */
  readonly tag: string;
}

/** The mapping was saved by somebody else since it was read (HTTP 412, exit 3). */
export class MappingChangedError extends BridgeError {
  readonly code = "mapping.changed";
  readonly current: MappingNow | null;
  /** `expected`: as whoever asks has it. `current` null: the store found out, which knows no tags. */
  constructor(expected: string, current: MappingNow | null) {
    const is = current === null ? "is another one by now" : `is v${current.version} (${current.tag}) now`;
    super(
      `The mapping ${is}, not ${expected}: nothing was saved. Look at \`rosterbridge mapping show\`, and save again.`,
    );
    this.current = current;
  }
}

/** The configuration file rules the mapping, so that nobody else may edit it (HTTP 409, exit 78). */
export class MappingRuledByFileError extends BridgeError {
  readonly code = "mapping.ruled-by-file";
  constructor() {
    super(
      [
        'The configuration rules the mapping (mapping.source is "file"), so that it cannot be edited here.',
        'Edit mapping.initial in the configuration file and restart, or set mapping.source to "store".',
      ].join(" "),
    );
  }
}

/** A test of the mapping's own that did not come out as it says. */
export interface FailedMappingTest {
  /** Place in `tests`, from 0. */
  readonly index: number;
  readonly given: JsonObject;
  /** Names of the directory groups that the person was given. */
  readonly directoryGroups: readonly string[];
  readonly expected: JsonObject;
  readonly actual: JsonObject;
}

/** Tests of the mapping's own fail, so that it is not saved (HTTP 422, exit 78). */
export class MappingTestsError extends BridgeError {
  readonly code = "mapping.tests-failed";
  readonly failures: readonly FailedMappingTest[];
  constructor(source: string, failures: readonly FailedMappingTest[]) {
    const many = failures.length === 1 ? "1 of its own tests fails" : `${failures.length} of its own tests fail`;
    super([`${source} is not saved: ${many}.`, ...failures.flatMap(linesOf)].join("\n"));
    this.failures = failures;
  }
}

const LONGEST_GIVEN = 300;

/** What a test gave, expected and got, a line each. */
function linesOf({ index, given, directoryGroups, expected, actual }: FailedMappingTest): readonly string[] {
  const groups = directoryGroups.length === 0 ? "" : ` in ${JSON.stringify(directoryGroups)}`;
  const text = JSON.stringify(given);
  const shown = text.length > LONGEST_GIVEN ? `${text.slice(0, LONGEST_GIVEN)}…` : text;
  return [
    `  tests[${index}]`,
    `    given    ${shown}${groups}`,
    `    expected ${JSON.stringify(expected)}`,
    `    got      ${JSON.stringify(actual)}`,
  ];
}

/** Groups would become the bridge's, and nobody has said that this is meant (HTTP 409, exit 64). */
export class MappingTakeoverError extends BridgeError {
  readonly code = "mapping.takes-over-groups";
  readonly groups: readonly string[];
  constructor(groups: readonly string[]) {
    const shown = groups.slice(0, 10).map((group) => JSON.stringify(group));
    const more = groups.length > shown.length ? ` and ${groups.length - shown.length} more` : "";
    super(
      [
        `With this mapping, membership of ${shown.join(", ")}${more} is the bridge's from now on:`,
        "nobody can be put into these groups or taken out of them by hand in the product any more, and whoever no rule puts there is taken out.",
        "Nothing was saved. `rosterbridge mapping preview FILE` shows whom it concerns; confirm it with --yes.",
      ].join(" "),
    );
    this.groups = groups;
  }
}
