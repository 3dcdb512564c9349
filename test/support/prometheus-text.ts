/**
 * A strict reader of the text format of Prometheus, version 0.0.4: it throws at whatever a scraper would refuse, and at what
 * it would take and no bridge should send (families without help or type, series twice, histograms that contradict themselves).
 */

/** One line of a family. */
export interface Sample {
  /** Of the line: that of a histogram ends in `_bucket`, `_sum` or `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All that is said under one name. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const HELP = new RegExp(`^# HELP (${NAME}) (\\S.*)$`);
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`);
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d+)?(?:e[+-]?\d+)?|Inf)|NaN)$/;

/** The families of a page, in its order. */
export function readPrometheus(text: string): readonly Family[] {
  if (!text.endsWith("\n")) throw new Error("The last line does not end.");
  const families: (Family & { readonly samples: Sample[] })[] = [];
  let help: { readonly name: string; readonly text: string } | null = null;
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const helpMatch = HELP.exec(line);
    if (helpMatch !== null) {
      help = { name: helpMatch[1] ?? "", text: helpMatch[2] ?? "" };
      continue;
    }
    const typeMatch = TYPE.exec(line);
    if (typeMatch !== null) {
      const [, name = "", type = ""] = typeMatch;
      if (help?.name !== name) throw new Error(`${name} has no help right before its type.`);
      if (families.some((family) => family.name === name)) throw new Error(`${name} comes twice.`);
      families.push({ name, type, help: help.text, samples: [] });
      continue;
    }
    const family = families.at(-1);
    if (family === undefined) throw new Error(`A line before any type: ${line}`);
    family.samples.push(readSample(line, family));
  }
  for (const family of families) check(family);
  return families;
}

/** Values of one series; the labels that are given must be there, others may be. Throws unless there is exactly one. */
export function valueOf(
  families: readonly Family[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number {
  const samples = families.flatMap((family) => family.samples).filter((sample) => sample.name === name);
  const found = samples.filter((one) => Object.entries(labels).every(([key, value]) => one.labels[key] === value));
  const [only, another] = found;
  if (only === undefined || another !== undefined) {
    throw new Error(`${name}${JSON.stringify(labels)} is there ${found.length} times: ${JSON.stringify(samples)}`);
  }
  return only.value;
}

/** Names of the labels of a family, without that of buckets, sorted. */
export function labelNamesOf({ samples, type }: Family): readonly string[] {
  const names = new Set(samples.flatMap(({ labels }) => Object.keys(labels)));
  if (type === "histogram") names.delete("le");
  return [...names].sort();
}

function readSample(line: string, family: Family): Sample {
  const [, name = "", inside, value = ""] = SAMPLE.exec(line) ?? [];
  if (name === "" || !NUMBER.test(value)) throw new Error(`This is no sample: ${line}`);
  const own =
    family.type === "histogram" ? ["_bucket", "_sum", "_count"].map((end) => family.name + end) : [family.name];
  if (!own.includes(name)) throw new Error(`${name} stands under ${family.name}.`);
  return { name, labels: readLabels(inside ?? "", line), value: toNumber(value) };
}

function readLabels(inside: string, line: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  for (let at = 0; at < inside.length; at = LABEL.lastIndex) {
    LABEL.lastIndex = at;
    const [, name = "", value = ""] = LABEL.exec(inside) ?? [];
    if (name === "" || Object.hasOwn(labels, name)) throw new Error(`These are no labels: ${line}`);
    labels[name] = value.replaceAll(/\\([\\"n])/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  }
  return labels;
}

function toNumber(text: string): number {
  return text.endsWith("Inf") ? (text.startsWith("-") ? -Infinity : Infinity) : Number(text);
}

function check(family: Family): void {
  const keys = family.samples.map(({ name, labels }) => name + seriesOf(labels));
  if (new Set(keys).size !== keys.length) throw new Error(`${family.name} has a series twice.`);
  if (family.type === "counter" && family.samples.some(({ value }) => !(value >= 0))) {
    throw new Error(`${family.name} counts less than nothing.`);
  }
  if (family.type === "histogram") checkHistogram(family);
}

function checkHistogram({ name, samples }: Family): void {
  const series = Map.groupBy(samples, ({ labels: { le: _, ...others } }) => seriesOf(others));
  for (const [key, own] of series) {
    const buckets = own.filter((one) => one.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => toNumber((labels["le"] ?? "NaN").replace(/^\+/, "")));
    const counts = buckets.map(({ value }) => value);
    const isRising = (numbers: readonly number[], strictly: boolean): boolean =>
      numbers.every(
        (one, index) =>
          index === 0 || (strictly ? one > Number(numbers[index - 1]) : one >= Number(numbers[index - 1])),
      );
    const [count] = own.filter((one) => one.name === `${name}_count`).map(({ value }) => value);
    const hasSum = own.some((one) => one.name === `${name}_sum`);
    const isWhole = bounds.at(-1) === Infinity && counts.at(-1) === count && hasSum;
    if (!isWhole || !isRising(bounds, true) || !isRising(counts, false))
      throw new Error(`${name}${key} contradicts itself.`);
  }
}

function seriesOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)));
}
