import type { MappingEdit, MappingEdits, MappingSaved } from "../../engine/mapping/mapping-edits.ts";
import { MappingTakeoverError } from "../../domain/mapping-errors.ts";
import { withProgress } from "../progress.ts";
import type { Toolbox } from "../toolbox.ts";
import { documentText } from "../json-document.ts";
import type { MappingFile } from "./preview-file.ts";
import { takeoverSentences } from "./preview-words.ts";

/** Options of the commands that save. */
export interface SaveOptions {
  readonly config?: string;
  readonly reason: string;
  readonly expect?: string;
  readonly yes?: true;
  readonly json?: true;
}

/** Saves a file as the next version; asks first where groups become the bridge's. */
export async function saveFile(
  toolbox: Toolbox,
  edits: MappingEdits,
  { document }: MappingFile,
  options: SaveOptions,
): Promise<void> {
  const agreed = await agree(toolbox, edits, document, options);
  if (agreed !== null) tell(toolbox, await edits.save(document, agreed), options);
}

/** Saves what an older version said as the next one; asks in the same way. */
export async function rollBack(
  toolbox: Toolbox,
  edits: MappingEdits,
  version: number,
  options: SaveOptions,
): Promise<void> {
  const { document } = await edits.show(version);
  const agreed = await agree(toolbox, edits, document, options);
  if (agreed !== null) tell(toolbox, await edits.rollback(version, agreed), options);
}

/**
 * What is to be saved on which version: the one that was looked at, so that what somebody saves meanwhile is not lost. Null
 * when the answer was no. Throws MappingTakeoverError where nobody can be asked.
 */
async function agree(
  toolbox: Toolbox,
  edits: MappingEdits,
  document: unknown,
  { reason, expect, yes, json }: SaveOptions,
): Promise<MappingEdit | null> {
  const { terminal } = toolbox;
  const { tag, takesOver, isFirst } = await edits.check(document, { expected: expect === undefined ? null : [expect] });
  const edit: MappingEdit = { author: "cli", reason, expected: [tag], takesOver: takesOver.length > 0 };
  if (takesOver.length === 0) return edit;
  const request = { stagedOnly: false, signal: toolbox.interrupted, onMove: () => undefined };
  const preview = await withProgress(toolbox, ({ onProgress }) => edits.preview(document, { ...request, onProgress }));
  for (const line of takeoverSentences(preview.takeover)) terminal.warn(line);
  if (preview.whyStagedOnly !== null) {
    terminal.warn(`The product was not looked at, so that there may be more of them: ${preview.whyStagedOnly}`);
  }
  // Beside the first time, nobody is asked about groups that nobody would be taken out of.
  const isHarmless = !isFirst && preview.whyStagedOnly === null && preview.takeover.takenOut === 0;
  if (yes === true || isHarmless) return edit;
  if (!terminal.canAsk) throw new MappingTakeoverError(takesOver);
  if (await terminal.confirm("Save this mapping?")) return edit;
  terminal.print(json === true ? documentText("mapping-saved", { outcome: "declined" }) : "Nothing was saved.");
  return null;
}

function tell({ terminal }: Toolbox, { saved, isNew }: MappingSaved, { json }: SaveOptions): void {
  const { version, tag } = saved;
  if (json === true) {
    const { document: _document, ...entry } = saved;
    return terminal.print(documentText("mapping-saved", { ...entry, isNew }));
  }
  if (!isNew) return terminal.print(`This is what mapping v${version} says already: nothing was saved.`);
  terminal.print(`Saved as mapping v${version} (tag ${tag}).`);
  terminal.warn(
    "A running daemon makes a full run under it within seconds; `rosterbridge apply` does so now, `rosterbridge plan` shows it.",
  );
  if (version > 1) terminal.warn(`To go back: rosterbridge mapping rollback ${version - 1} --reason "…"`);
}
