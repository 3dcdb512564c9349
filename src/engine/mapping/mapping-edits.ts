import { UnknownSubjectError, UsageError } from "../../domain/errors.ts";
import { MappingChangedError, MappingRuledByFileError, MappingTakeoverError } from "../../domain/mapping-errors.ts";
import { compileMapping } from "../../mapping/compile.ts";
import { parseMapping, type MappingDocument } from "../../mapping/rules.ts";
import type { Clock } from "../../ports/ambient.ts";
import type { MappingVersion, Mappings } from "../../ports/records.ts";
import type { MappingSource, MappingVersions } from "../mapping-versions.ts";
import { expectTestsHold, readMapping, toJson } from "./check-mapping.ts";
import { isExpected, mappingTag } from "./mapping-tag.ts";
import type { MappingPreview, PreviewRequest } from "./preview-shape.ts";
import { saveVersion } from "./save-version.ts";
import { takenOver } from "./takeover.ts";

/** A saved version with its tag, which is what an ETag shows and `If-Match` names. */
export interface TaggedMapping extends MappingVersion {
  readonly tag: string;
  /** Who rules the mapping: `file` means that nobody may edit it here. */
  readonly source: MappingSource["source"];
}

/** A version without its document. */
export type MappingEntry = Omit<TaggedMapping, "document" | "source">;

/** Who edits the mapping, why, and what they have looked at. */
export interface MappingEdit {
  /** Kept in the history and in the audit log; for a CLI `cli`, for the API the token. */
  readonly author: string;
  /** Not empty. */
  readonly reason: string;
  /** The version (`3`) or the tag that was edited, or several, any of which will do; null: whatever is in force. */
  readonly expected: readonly string[] | null;
  /** It is meant that membership of groups becomes the bridge's. */
  readonly takesOver: boolean;
}

/** What came of an edit; `isNew` false: it says what is in force already, and nothing was saved. */
export interface MappingSaved {
  readonly saved: TaggedMapping;
  readonly isNew: boolean;
}

/** The mapping as people edit it. */
export interface MappingEdits {
  /** The version in force, or another one. Throws UnknownSubjectError when there is none. */
  show(version?: number): Promise<TaggedMapping>;
  /** The newest first. */
  history(before: number | null, limit: number): Promise<readonly MappingEntry[]>;
  /**
   * Checks a document as `save` does, saves nothing, and names the groups that it would take over. Throws as `save` does,
   * but for MappingTakeoverError.
   */
  check(document: unknown, edit: Pick<MappingEdit, "expected">): Promise<MappingCheck>;
  /**
   * Saves an edit as the next version, with its row of the audit log. Throws ConfigError with every problem of the document,
   * MappingTestsError when its own tests fail, MappingChangedError when somebody saved since, MappingRuledByFileError where
   * edits are not allowed, and MappingTakeoverError when groups would become the bridge's without `takesOver`.
   */
  save(document: unknown, edit: MappingEdit): Promise<MappingSaved>;
  /** Saves what an old version said as the next version. Throws as `save` does, and UnknownSubjectError. */
  rollback(version: number, edit: MappingEdit): Promise<MappingSaved>;
  /** What an edit would change: see `MappingPreview`. Saves nothing. Throws ConfigError for a document that cannot be used. */
  preview(document: unknown, request: PreviewRequest): Promise<MappingPreview>;
}

/** What a check found; `tag` is that of the version that was looked at. */
export interface MappingCheck {
  readonly tag: string;
  /** Groups that would become the bridge's. */
  readonly takesOver: readonly string[];
  /** No group was the bridge's before. */
  readonly isFirst: boolean;
}

/** What the use cases need. */
export interface MappingEditsDeps {
  readonly mappings: Mappings;
  readonly versions: Pick<MappingVersions, "current">;
  readonly source: MappingSource["source"];
  readonly clock: Clock;
  preview(edit: MappingDocument, request: PreviewRequest): Promise<MappingPreview>;
}

/** A longer reason is refused, not cut. */
const LONGEST_REASON = 1_000;
const MOST_VERSIONS = 1_000;

/** Makes the use cases. */
export function createMappingEdits(deps: MappingEditsDeps): MappingEdits {
  const { mappings, source } = deps;
  const tagged = (version: MappingVersion): TaggedMapping => ({ ...version, tag: mappingTag(version), source });
  const saveNext = async (document: MappingDocument, edit: MappingEdit, from?: number): Promise<MappingSaved> => {
    const { version, isNew } = await saveAfter(deps, document, edit, from);
    return { saved: tagged(version), isNew };
  };
  return {
    show: async (version) => tagged(version === undefined ? await newest(deps) : await find(deps, version)),
    async history(before, limit) {
      await newest(deps);
      const found = await mappings.history(before, Math.min(limit, MOST_VERSIONS));
      return found.map(({ document, ...entry }) => ({ ...entry, tag: mappingTag({ ...entry, document }) }));
    },
    async check(document, { expected }) {
      const current = await editable(deps, expected);
      const read = readMapping(document);
      expectTestsHold(read, "The mapping");
      const isFirst = takenOverBy(null, parseMapping(current.document)).length === 0;
      return { tag: mappingTag(current), takesOver: takenOverBy(current, read), isFirst };
    },
    save: async (document, edit) => saveNext(readMapping(document), edit),
    async rollback(version, edit) {
      await editable(deps, edit.expected);
      const { document } = await find(deps, version);
      return saveNext(parseMapping(document), edit, version);
    },
    preview: async (document, request) => deps.preview(readMapping(document), request),
  };
}

/** The version in force. Saves the configuration's where there is none yet, or where the file that rules has changed. */
async function newest({ versions, mappings }: MappingEditsDeps): Promise<MappingVersion> {
  await versions.current();
  const current = await mappings.current();
  if (current === undefined) throw new TypeError("A mapping was seeded, and is not there.");
  return current;
}

async function find(deps: MappingEditsDeps, version: number): Promise<MappingVersion> {
  const { version: last } = await newest(deps);
  const found = await deps.mappings.find(version);
  if (found !== undefined) return found;
  const are = last === 1 ? "there is only v1" : `there are v1 to v${last}`;
  throw new UnknownSubjectError(
    `There is no mapping v${version}: ${are}. \`rosterbridge mapping history\` lists them.`,
  );
}

/** The version in force, if it may be edited and is one that is expected. */
async function editable(deps: MappingEditsDeps, expected: MappingEdit["expected"]): Promise<MappingVersion> {
  if (deps.source === "file") throw new MappingRuledByFileError();
  const current = await newest(deps);
  if (expected?.some((one) => isExpected(one, current)) === false) {
    throw new MappingChangedError(expected.join(" or "), { version: current.version, tag: mappingTag(current) });
  }
  return current;
}

async function saveAfter(
  deps: MappingEditsDeps,
  document: MappingDocument,
  edit: MappingEdit,
  from: number | undefined,
): Promise<{ readonly version: MappingVersion; readonly isNew: boolean }> {
  expectReason(edit.reason);
  const current = await editable(deps, edit.expected);
  expectTestsHold(document, from === undefined ? "The mapping" : `The mapping v${from}`);
  const next = toJson(document);
  if (JSON.stringify(next) === JSON.stringify(parseMapping(current.document)))
    return { version: current, isNew: false };
  const groups = takenOverBy(current, document);
  if (groups.length > 0 && !edit.takesOver) throw new MappingTakeoverError(groups);
  const version = await saveVersion(deps.mappings, {
    after: current,
    document: next,
    by: edit,
    at: deps.clock.now(),
    ...(from === undefined ? {} : { detail: { rolledBackTo: from } }),
  });
  return { version, isNew: true };
}

/** Groups that an edit makes the bridge's; `before` null: none are yet. */
function takenOverBy(before: MappingVersion | null, document: MappingDocument): readonly string[] {
  const saved = parseMapping(before?.document ?? {});
  return takenOver(compileMapping(saved, 0), compileMapping(document, 0));
}

function expectReason(reason: string): void {
  if (reason.trim() === "") throw new UsageError("A reason is needed: it is kept in the history and in the audit log.");
  if (reason.length > LONGEST_REASON) {
    throw new UsageError(`The reason is ${reason.length} characters long: at most ${LONGEST_REASON} are kept.`);
  }
}
