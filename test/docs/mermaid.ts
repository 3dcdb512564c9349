/** Reads the flow charts of the pages: https://mermaid.js.org/syntax/flowchart.html, as far as they use it. */

/** A chart: its nodes by id, with what they say, and its arrows. */
export interface Chart {
  readonly nodes: ReadonlyMap<string, string>;
  readonly arrows: readonly { readonly from: string; readonly to: string; readonly says: string }[];
}

/** Brackets that give a node its shape. */
const SHAPES: readonly (readonly [string, string])[] = [
  ["[(", ")]"],
  ["[", "]"],
  ["{", "}"],
  ["(", ")"],
];
/** An id that is one of these words breaks the chart. */
const RESERVED = /^(?:end|graph|flowchart|subgraph|style|class|click|default|linkStyle|direction)$/;

/** Reads a chart. Throws for a line that it does not understand, an arrow from or to nobody, and a subgraph without end. */
export function readChart(text: string): Chart {
  const [head = "", ...lines] = text.split("\n").filter((line) => line.trim() !== "");
  if (!/^flowchart (?:TD|TB|LR)$/.test(head)) throw new Error(`${head}: this is no flow chart.`);
  const nodes = new Map<string, string>();
  const arrows: Chart["arrows"][number][] = [];
  let depth = 0;
  for (const line of lines.map((one) => one.trim())) {
    if (line === "end") depth -= 1;
    else if (line.startsWith("subgraph ")) {
      readNode(line.slice("subgraph ".length));
      depth += 1;
    } else if (/ -->/.test(line)) arrows.push(readArrow(line));
    else {
      const { id, says } = readNode(line);
      if (nodes.has(id)) throw new Error(`${id} is there twice.`);
      nodes.set(id, says);
    }
    if (depth < 0) throw new Error("There is an end too many.");
  }
  if (depth > 0) throw new Error("A subgraph has no end.");
  const stranger = arrows.flatMap(({ from, to }) => [from, to]).find((id) => !nodes.has(id));
  if (stranger !== undefined) throw new Error(`No node is called ${stranger}.`);
  return { nodes, arrows };
}

/** `from -- "text" --> to`, or `from --> to`. */
function readArrow(line: string): Chart["arrows"][number] {
  const found = /^(\w+) (?:-- "([^"]*)" )?--> (\w+)$/.exec(line);
  if (found === null) throw new Error(`${line}: this is no arrow.`);
  const [, from = "", says = "", to = ""] = found;
  return { from, to, says };
}

/** `id["text"]` in any of the shapes; text stands in quotes, so that it may hold anything but quotes. */
function readNode(line: string): { readonly id: string; readonly says: string } {
  const [, id = "", rest = ""] = /^(\w+)(.*)$/.exec(line) ?? [];
  const shape = SHAPES.find(([open, close]) => rest.startsWith(`${open}"`) && rest.endsWith(`"${close}`));
  if (id === "" || shape === undefined || RESERVED.test(id)) throw new Error(`${line}: this is no node.`);
  const [open, close] = shape;
  const says = rest.slice(open.length + 1, -close.length - 1);
  if (says.includes('"')) throw new Error(`${line}: the text holds a quote.`);
  return { id, says };
}
