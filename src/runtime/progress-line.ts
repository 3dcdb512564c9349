import { durationWords } from "../cli/ago.ts";

/** How far long work is. */
export interface ProgressState {
  /** What is done, such as `Listing accounts`. */
  readonly title: string;
  readonly done: number;
  /** Null: nobody knows. */
  readonly total: number | null;
  /** Since it began. */
  readonly elapsedMs: number;
}

/** Widths of the bar, the first for which there is room. */
const BARS = [30, 20, 10];
/** What is kept free for a rate and for the time left, with what sets them apart, so that nothing jumps when they come or grow. */
const RATE_ROOM = " · 99,999/s".length;
const LEFT_ROOM = " · 119 min left".length;
/** A rate that was measured over less says nothing. */
const MEASURED_MS = 1_000;

/**
 * One line, without colour and no longer than `columns` less one, since a cursor in the last column wraps: title, bar, per
 * cent, counts, rate and time left, as many as there is room for. Without a total, or with one that was too small, the count
 * and how long it took.
 */
export function progressLine(state: ProgressState, columns: number): string {
  const width = Math.max(0, columns - 1);
  const line = isBounded(state) ? boundedLine(state, width) : openLine(state, width);
  return line.slice(0, width);
}

interface Bounded extends ProgressState {
  readonly total: number;
}

function isBounded(state: ProgressState): state is Bounded {
  return state.total !== null && state.total > 0 && state.done <= state.total;
}

function boundedLine(state: Bounded, width: number): string {
  const { title, done, total } = state;
  const percent = `${Math.floor((done / total) * 100)} %`.padStart(5);
  const all = number(total);
  const counts = `${number(done).padStart(all.length)} of ${all}`;
  // Both say nothing of what is done but not yet put together.
  const [rate, left] = done === total ? [[], []] : [rateWords(state), leftWords(state)];
  const said = [
    { words: [counts, ...rate, ...left], room: 2 + counts.length + RATE_ROOM + LEFT_ROOM },
    { words: [counts, ...left], room: 2 + counts.length + LEFT_ROOM },
    { words: [counts], room: 2 + counts.length },
    { words: [], room: 0 },
  ];
  const ways = said.flatMap((way) => BARS.map((bar) => ({ ...way, bar })));
  const free = width - [title, percent].join("   ").length;
  const way = ways.find(({ bar, room }) => bar + room <= free);
  if (way === undefined) return `${title} ${percent}`;
  return [title, `${bar(done / total, way.bar)} ${percent}`, ...joined(way.words)].join("  ");
}

function openLine(state: ProgressState, width: number): string {
  const { title, done, elapsedMs } = state;
  const count = `${number(done)} in ${durationWords(elapsedMs)}`;
  const lines = [[count, ...rateWords(state)], [count]].map((words) => [title, ...joined(words)].join("  "));
  return lines.find((line) => line.length <= width) ?? `${title}  ${number(done)}`;
}

function joined(words: readonly string[]): readonly string[] {
  return words.length === 0 ? [] : [words.join(" · ")];
}

/** Finer than a column: half a one is drawn, too. */
function bar(share: number, width: number): string {
  const halves = Math.floor(share * width * 2);
  const full = Math.floor(halves / 2);
  const half = halves % 2;
  return "━".repeat(full) + "╸".repeat(half) + "─".repeat(width - full - half);
}

function rateWords({ done, elapsedMs }: ProgressState): readonly string[] {
  if (done === 0 || elapsedMs < MEASURED_MS) return [];
  const perSecond = (done / elapsedMs) * 1_000;
  // Two digits: more of them would never stand still.
  if (perSecond >= 10) return [`${number(Number(perSecond.toPrecision(2)))}/s`];
  return perSecond >= 1 ? [`${perSecond.toFixed(1)}/s`] : [`${Math.max(1, Math.round(perSecond * 60))}/min`];
}

function leftWords({ done, total, elapsedMs }: Bounded): readonly string[] {
  if (done === 0 || elapsedMs < MEASURED_MS) return [];
  return [`${durationWords(Math.max(1_000, ((total - done) / done) * elapsedMs))} left`];
}

function number(value: number): string {
  return value.toLocaleString("en");
}
