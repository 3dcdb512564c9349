import type { DesiredAccount, Seat } from "../../domain/account.ts";
import type { Mapping } from "../../mapping/compile.ts";
import type {
  GroupPreview,
  MappingPreview,
  PersonMove,
  PreviewTotals,
  SeatPreview,
  TakeoverPreview,
  UnmappedValue,
} from "./preview-shape.ts";
import { MOST_VALUES } from "./preview-shape.ts";
import { endGroups, type Contrast } from "./standing.ts";
import { ruledGroups, takenOver } from "./takeover.ts";

/** Values that are counted one by one: more would mean an attribute that is everybody's own, and memory for each. */
const MOST_COUNTED = 20_000;

/** The product as far as it was looked at; null: it was not. */
export interface SeenProduct {
  readonly groups: ReadonlySet<string> | null;
  /** Seats that there are, by pool. */
  readonly seats: ReadonlyMap<Seat, number> | null;
}

/** Counts what an edit changes; what it holds grows with the mappings, not with the people. */
export interface PreviewTally {
  /** Everybody who is staged; `current`: names of the groups that their account is in. */
  count(before: DesiredAccount, after: DesiredAccount, current: readonly string[]): void;
  move(move: PersonMove): void;
  result(): Pick<
    MappingPreview,
    "people" | "totals" | "groups" | "seats" | "unmapped" | "unmappedBeyond" | "idleRules" | "takeover"
  >;
}

type Counts = { -readonly [K in keyof PreviewTotals]: PreviewTotals[K] };
interface GroupCounts {
  before: number;
  after: number;
  joins: number;
  leaves: number;
}
interface Pair {
  before: number;
  after: number;
}

/** Starts to count. */
export function createPreviewTally(
  saved: Mapping,
  edit: Mapping,
  contrast: Contrast,
  product: SeenProduct,
): PreviewTally {
  const totals = noTotals();
  const groups = new Map<string, GroupCounts>(
    [...contrast.named].map((group) => [group, { before: 0, after: 0, joins: 0, leaves: 0 }]),
  );
  const seats = new Map<Seat, Pair>();
  const unmapped = createValueCount();
  const rulesAtWork = new Set<string>();
  const takes = takenOver(saved, edit);
  const taken = new Set(takes);
  let people = 0;
  let takenOut = 0;

  return {
    count(before, after, current) {
      people += 1;
      countGroups(groups, "before", endGroups(before, current, contrast.savedRules, contrast.named));
      countGroups(groups, "after", endGroups(after, current, contrast.editRules, contrast.named));
      countSeat(seats, "before", before.seat);
      countSeat(seats, "after", after.seat);
      for (const value of before.unmapped) unmapped.add(value, "before");
      for (const value of after.unmapped) unmapped.add(value, "after");
      if (after.status === "active") for (const rule of after.because) rulesAtWork.add(placeOf(rule));
    },
    move(move) {
      addMove(totals, move);
      for (const group of move.joins) bump(groups, group, "joins");
      for (const group of move.leaves) bump(groups, group, "leaves");
      if (move.leaves.some((group) => taken.has(group))) takenOut += 1;
    },
    result() {
      const takeover: TakeoverPreview = { groups: takes, isFirst: ruledGroups(saved).size === 0, takenOut };
      return {
        people,
        totals,
        groups: [...groups].sort(byName).map(([group, counts]) => toGroup(group, counts, { edit, contrast, product })),
        seats: [...seats].sort(byName).map(([seat, pair]): SeatPreview => ({
          seat,
          ...pair,
          total: product.seats?.get(seat) ?? null,
        })),
        ...unmapped.result(),
        idleRules: edit.groupRules.map((_, index) => `groups.rules[${index}]`).filter((rule) => !rulesAtWork.has(rule)),
        takeover,
      };
    },
  };
}

function countGroups(groups: ReadonlyMap<string, GroupCounts>, side: keyof Pair, names: readonly string[]): void {
  for (const name of names) {
    const counts = groups.get(name);
    if (counts !== undefined) counts[side] += 1;
  }
}

function countSeat(seats: Map<Seat, Pair>, side: keyof Pair, seat: Seat | null): void {
  if (seat === null) return;
  const pair = seats.get(seat) ?? { before: 0, after: 0 };
  seats.set(seat, pair);
  pair[side] += 1;
}

function noTotals(): Counts {
  return {
    moves: 0,
    leave: 0,
    comeIn: 0,
    stay: 0,
    stayOut: 0,
    joinGroups: 0,
    leaveGroups: 0,
    gainSeat: 0,
    loseSeat: 0,
    fields: 0,
    needApproval: 0,
    held: 0,
  };
}

const ACCOUNT_TOTALS = { leaves: "leave", "comes-in": "comeIn", stays: "stay", "stays-out": "stayOut" } as const;

function addMove(totals: Counts, { account, joins, leaves, seat, fields, needsApproval, held }: PersonMove): void {
  totals.moves += 1;
  if (account !== null) totals[ACCOUNT_TOTALS[account]] += 1;
  if (joins.length > 0) totals.joinGroups += 1;
  if (leaves.length > 0) totals.leaveGroups += 1;
  if (seat !== null && seat.to !== null) totals.gainSeat += 1;
  if (seat !== null && seat.from !== null) totals.loseSeat += 1;
  if (fields.length > 0) totals.fields += 1;
  if (needsApproval) totals.needApproval += 1;
  if (held.length > 0) totals.held += 1;
}

function bump(groups: ReadonlyMap<string, GroupCounts>, group: string, side: "joins" | "leaves"): void {
  const counts = groups.get(group);
  if (counts !== undefined) counts[side] += 1;
}

function toGroup(
  group: string,
  counts: GroupCounts,
  { edit, contrast, product }: { readonly edit: Mapping; readonly contrast: Contrast; readonly product: SeenProduct },
): GroupPreview {
  const { before, after } = counts;
  const ruling = contrast.contested.has(group) ? (contrast.editRules.has(group) ? "begins" : "ends") : null;
  return {
    group,
    ...counts,
    isCreated: product.groups === null ? null : edit.createMissing && after > 0 && !product.groups.has(group),
    isEmptied: before > 0 && after === 0,
    ruling,
  };
}

/** `groups.rules[3]`, of the name that a rule has in explanations. */
function placeOf(because: string): string {
  return because.slice(0, because.indexOf("]") + 1);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function createValueCount() {
  const values = new Map<string, Pair>();
  let beyond = 0;
  return {
    add(value: string, side: keyof Pair): void {
      const known = values.get(value);
      if (known !== undefined) known[side] += 1;
      else if (values.size < MOST_COUNTED) values.set(value, { before: 0, after: 0, [side]: 1 });
      else if (side === "after") beyond += 1;
    },
    result(): { readonly unmapped: readonly UnmappedValue[]; readonly unmappedBeyond: number } {
      const all = [...values]
        .map(([value, { before, after }]): UnmappedValue => ({ value, people: after, before }))
        .filter(({ people }) => people > 0)
        .sort((a, b) => b.people - a.people || (a.value < b.value ? -1 : 1));
      const rest = all.slice(MOST_VALUES).reduce((sum, { people }) => sum + people, beyond);
      return { unmapped: all.slice(0, MOST_VALUES), unmappedBeyond: rest };
    },
  };
}
