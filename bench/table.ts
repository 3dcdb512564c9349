import type { Figure, Section } from "./figure.ts";

const HEADINGS = ["", "goal", "measured", "p50 ms", "p99 ms", "CPU µs", "beside the floor of this run", ""] as const;
const RIGHT: ReadonlySet<number> = new Set([2, 3, 4, 5]);
const GAP = "  ";

/** All sections as lines of one table whose columns stand under each other. */
export function renderTable(sections: readonly Section[]): readonly string[] {
  const rows = sections.flatMap(({ figures }) => figures.map(toCells));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        RIGHT.has(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join(GAP)
      .trimEnd();
  const rule = "─".repeat(widths.reduce((sum, width) => sum + width + GAP.length, -GAP.length));
  return [
    line(HEADINGS),
    rule,
    ...sections.flatMap(({ title, figures, notes }, index) => [
      ...(index === 0 ? [] : [""]),
      title,
      ...figures.map((one) => line(toCells(one))),
      ...notes.map((note) => `  ${note}`),
    ]),
    rule,
  ];
}

function toCells({ what, goal, measured, p50, p99, cpuUs, ratio, isMet }: Figure): readonly string[] {
  const verdict = isMet === null ? "" : isMet ? "met" : "short";
  return [`  ${what}`, goal, measured, milliseconds(p50), milliseconds(p99), microseconds(cpuUs), ratio, verdict];
}

function milliseconds(ms: number | null): string {
  return ms === null ? "" : ms < 100 ? ms.toFixed(1) : String(Math.round(ms));
}

function microseconds(us: number | null): string {
  if (us === null || Number.isNaN(us)) return "";
  return us < 100 ? us.toFixed(1) : Math.round(us).toLocaleString("en-US");
}
