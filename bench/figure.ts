/** One line of the result. */
export interface Figure {
  readonly what: string;
  /** What product.md section 13 asks for; empty where it asks for nothing. */
  readonly goal: string;
  readonly measured: string;
  /** Milliseconds; null where there is nothing to distribute. */
  readonly p50: number | null;
  readonly p99: number | null;
  /** Microseconds that the measured process spent on a core for each request, person or change; all its threads. */
  readonly cpuUs: number | null;
  /** The figure beside the floors or peers of the same run. */
  readonly ratio: string;
  /** Null without a goal. */
  readonly isMet: boolean | null;
}

/** Figures that belong together. */
export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
  /** Sentences that explain them. */
  readonly notes: readonly string[];
}

/** A figure in which only what is given is told. */
export function figure(what: string, measured: string, rest: Partial<Figure> = {}): Figure {
  return { what, measured, goal: "", p50: null, p99: null, cpuUs: null, ratio: "", isMet: null, ...rest };
}

/** `12,345/s`. */
export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString("en-US")}/s`;
}

/** `12,345`. */
export function count(number: number): string {
  return Math.round(number).toLocaleString("en-US");
}

/** `1.24 s`, `61 ms`. */
export function duration(ms: number): string {
  return ms >= 1_000 ? `${(ms / 1_000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 1 : 0)} ms`;
}

/** `123 MB`, from bytes. */
export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_000_000)} MB`;
}

/** `0.71 × knex`. */
export function times(measured: number, floor: number, name: string): string {
  const ratio = measured / floor;
  return `${ratio.toFixed(ratio < 10 ? 2 : 0)} × ${name}`;
}
