import Table from "cli-table3";

/** A table without lines, its columns two spaces apart; `head` is left out when there are no rows to head. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = "";
  const table = new Table({
    head: [...head],
    style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
    chars: {
      top: none,
      "top-mid": none,
      "top-left": none,
      "top-right": none,
      bottom: none,
      "bottom-mid": none,
      "bottom-left": none,
      "bottom-right": none,
      left: none,
      "left-mid": none,
      mid: none,
      "mid-mid": none,
      right: none,
      "right-mid": none,
      middle: none,
    },
  });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
