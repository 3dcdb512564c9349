import type { MappingEdits } from "../../engine/mapping/mapping-edits.ts";
import type { MappingPreview, PersonMove } from "../../engine/mapping/preview-shape.ts";
import { nameRules } from "../../engine/mapping/rule-words.ts";
import { safeJson } from "../../planning/rendering/safe-text.ts";
import { withProgress } from "../progress.ts";
import { planStyle } from "../style.ts";
import type { Toolbox } from "../toolbox.ts";
import { createMoveSample, moveLines } from "./move-lines.ts";
import { basisLine, peopleLines, summaryLines } from "./preview-words.ts";

/** Name and version of the shape that `--json` prints. Fields may be added; what is there keeps its meaning. */
const FORMAT = "rosterbridge.mapping-preview/1";

/** A file, and the document that was read from it. */
export interface MappingFile {
  readonly file: string;
  readonly document: unknown;
}

/** How a preview is shown. */
export interface PreviewOptions {
  readonly limit: number;
  readonly all?: true;
  readonly staged?: true;
  readonly json?: true;
}

type Previewing = Pick<MappingEdits, "preview">;

/** Makes a preview and prints it: the first people, or everybody as they come. */
export async function previewFile(
  toolbox: Toolbox,
  edits: Previewing,
  mapping: MappingFile,
  options: PreviewOptions,
): Promise<void> {
  const show = options.json === true ? printJson : printTable;
  const request = { stagedOnly: options.staged === true, signal: toolbox.interrupted };
  await show(toolbox, options, mapping, (onMove) =>
    withProgress(toolbox, ({ onProgress }) => edits.preview(mapping.document, { ...request, onMove, onProgress })),
  );
}

type Run = (onMove: (move: PersonMove) => void) => Promise<MappingPreview>;

async function printTable(
  { terminal, ambient }: Toolbox,
  { all, limit }: PreviewOptions,
  { file, document }: MappingFile,
  run: Run,
): Promise<void> {
  const style = planStyle(terminal);
  const sample = createMoveSample(limit);
  const print = (line: string): void => terminal.print(line);
  const preview = await run((move) => {
    if (all === true) moveLines(move, style).forEach(print);
    else sample.add(move);
  });
  if (all === true) {
    if (preview.totals.moves > 0) print("");
  } else peopleLines(sample.moves(), preview, style).forEach(print);
  summaryLines(preview, nameRules(document, preview.idleRules), style).forEach(print);
  print(basisLine(preview, ambient.clock.now()));
  terminal.warn(
    `Nothing was saved. To save it: rosterbridge mapping set ${file} --reason "…" --expect ${preview.savedVersion}`,
  );
}

/** One document, a person a line, so that nobody has to hold it whole; the counts of everybody are at its end. */
async function printJson(
  { terminal }: Toolbox,
  { all, limit }: PreviewOptions,
  _: MappingFile,
  run: Run,
): Promise<void> {
  const sample = createMoveSample(limit);
  let previous: PersonMove | null = null;
  const write = (move: PersonMove): void => {
    if (previous !== null) terminal.print(`${safeJson(previous)},`);
    previous = move;
  };
  terminal.print(`{"format":${JSON.stringify(FORMAT)},`);
  terminal.print('"moves":[');
  const preview = await run(all === true ? write : (move) => sample.add(move));
  const shown = sample.moves();
  if (all !== true) shown.forEach(write);
  if (previous !== null) terminal.print(safeJson(previous));
  terminal.print(`],"movesLeftOut":${all === true ? 0 : preview.totals.moves - shown.length},`);
  terminal.print(`"summary":${safeJson(preview)}}`);
}
