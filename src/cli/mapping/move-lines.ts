import type { PersonMove } from "../../engine/mapping/preview-shape.ts";
import type { PlanStyle } from "../../planning/plan-style.ts";
import { padText, safeText } from "../../planning/rendering/safe-text.ts";

const NAMED_GROUPS = 4;
const LABEL_WIDTH = 30;

interface Kind {
  readonly mark: string;
  readonly word: string;
  readonly style: keyof PlanStyle;
}

const ACCOUNT_KINDS: Readonly<Record<NonNullable<PersonMove["account"]>, Kind>> = {
  leaves: { mark: "-", word: "leaves", style: "remove" },
  "stays-out": { mark: "-", word: "stays out", style: "remove" },
  stays: { mark: "+", word: "stays", style: "create" },
  "comes-in": { mark: "+", word: "comes in", style: "create" },
};
const CHANGES: Kind = { mark: "~", word: "changes", style: "update" };

/** One person of a preview in one line, and a line for each thing that is held of it. */
export function moveLines(move: PersonMove, style: PlanStyle): readonly string[] {
  const { mark, word, style: paint } = move.account === null ? CHANGES : ACCOUNT_KINDS[move.account];
  const label = padText(safeText(move.label), LABEL_WIDTH);
  const line = `  ${mark} ${word.padEnd(9)} ${label}  ${safeText(moveWords(move))}`.trimEnd();
  const held = move.needsApproval ? ["held until somebody approves it"] : move.held;
  return [style[paint](line), ...held.map((why) => style.held(`      ! ${safeText(why)}`))];
}

function moveWords({ joins, leaves, seat, fields }: PersonMove): string {
  return [
    ...(joins.length === 0 ? [] : [`joins ${names(joins)}`]),
    ...(leaves.length === 0 ? [] : [`out of ${names(leaves)}`]),
    ...(seat === null ? [] : [seatWords(seat)]),
    ...fields.map(({ field, from, to }) => `${field} ${quoted(from)} → ${quoted(to)}`),
  ].join(" · ");
}

function seatWords({ from, to }: NonNullable<PersonMove["seat"]>): string {
  if (from === null) return `gets seat ${to}`;
  return to === null ? `loses seat ${from}` : `seat ${from} → ${to}`;
}

function quoted(value: string | null): string {
  return value === null ? "(left as it is)" : JSON.stringify(value);
}

function names(groups: readonly string[]): string {
  const more = groups.length - NAMED_GROUPS;
  return more > 0 ? `${groups.slice(0, NAMED_GROUPS).join(", ")} and ${more} more` : groups.join(", ");
}

/** The first of each kind, so that those who lose their account are shown though they come last; memory does not grow. */
export interface MoveSample {
  add(move: PersonMove): void;
  /** At most `limit`: leavers first, then who stays out, who comes in, who loses something, the rest. */
  moves(): readonly PersonMove[];
}

const ORDER = ["leaves", "stays-out", "comes-in", "stays"] as const;

/** Starts to collect. */
export function createMoveSample(limit: number): MoveSample {
  const kept: PersonMove[][] = [...ORDER, "loses", "rest"].map(() => []);
  const placeOf = ({ account, leaves, seat }: PersonMove): number => {
    if (account !== null) return ORDER.indexOf(account);
    return leaves.length > 0 || seat?.to === null ? ORDER.length : ORDER.length + 1;
  };
  return {
    add(move) {
      const kind = kept[placeOf(move)];
      if (kind !== undefined && kind.length < limit) kind.push(move);
    },
    moves: () => kept.flat().slice(0, limit),
  };
}
