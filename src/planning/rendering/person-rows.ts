import type { Instant } from "../../domain/brand.ts";
import type { Hold, PersonChange, PersonPlan } from "../../domain/plan.ts";
import type { PlanStyle } from "../plan-style.ts";
import { splitWayOut } from "../hold-words.ts";
import { bookingWords, changeWords, ofKind } from "./change-words.ts";

/** What is done for a person as a whole; a plan is summed up in these. */
export type RowVerb =
  "create" | "adopt" | "reactivate" | "update" | "deactivate" | "delete" | "clear" | "held" | "wait";

/** One line of a plan, in parts, not yet made safe, aligned or coloured. */
export interface PlanRow {
  readonly tone: keyof PlanStyle;
  readonly symbol: "+" | "~" | "-" | "!" | "…";
  readonly verb: RowVerb;
  readonly who: string;
  readonly what: string;
  readonly why: string;
  /** Lines under it: symbol and verb, then words. */
  readonly details: readonly { readonly tone: keyof PlanStyle; readonly verb: string; readonly what: string }[];
}

/** Holds that are shown once for everybody, at the end of a plan, or in a row of their own. */
const SHOWN_TOGETHER: ReadonlySet<Hold> = new Set<Hold>([
  "mode",
  "restored",
  "over-limit",
  "observation-incomplete",
  "waits-for-held",
  "delayed",
]);

/**
 * The lines of one person: what is carried out, what only the mode or a restore keeps back (shown as it would be), and what
 * is held for this person alone. `isWaiting`: the person is in the queue for a seat, which is shown elsewhere.
 */
export function personRows(person: PersonPlan, now: Instant, isWaiting: boolean): readonly PlanRow[] {
  const heldBy = (by: Hold): readonly PersonChange[] =>
    person.held.filter(({ hold }) => hold === by).map(({ change }) => change);
  return [
    ...changeRow(person, person.changes, now, person.cause ?? ""),
    ...changeRow(person, heldBy("mode"), now, `${person.cause ?? ""}, held by mode`),
    ...changeRow(person, heldBy("restored"), now, `${person.cause ?? ""}, held by the restore`),
    ...delayedRow(person, now),
    ...heldRows(person, isWaiting),
  ];
}

function changeRow(
  person: PersonPlan,
  changes: readonly PersonChange[],
  now: Instant,
  why: string,
): readonly PlanRow[] {
  if (changes.length === 0) return [];
  const verb = verbOf(person, changes);
  const details = [
    ...bookingDetails(changes, now),
    ...person.notes.map((note) => ({ tone: "muted", verb: "note", what: note }) as const),
  ];
  return [{ ...LOOKS[verb], verb, who: person.label, what: changeWords(changes, verb === "create"), why, details }];
}

/** What becomes of bookings: those that are cancelled, then those of each who takes some over. */
function bookingDetails(changes: readonly PersonChange[], now: Instant): PlanRow["details"] {
  const cancelled = ofKind(changes, "cancel-booking");
  const heirs = Map.groupBy(ofKind(changes, "reassign-booking"), ({ to, toLabel }) => toLabel ?? `account ${to}`);
  return [
    ...(cancelled.length === 0
      ? []
      : [{ tone: "remove", verb: "× cancel", what: bookingWords(cancelled, now) } as const]),
    ...[...heirs].map(([heir, bookings]) => {
      return { tone: "update", verb: "→ reassign", what: bookingWords(bookings, now, ` to ${heir}`) } as const;
    }),
  ];
}

const LOOKS = {
  create: { tone: "create", symbol: "+" },
  adopt: { tone: "create", symbol: "+" },
  reactivate: { tone: "create", symbol: "+" },
  update: { tone: "update", symbol: "~" },
  deactivate: { tone: "remove", symbol: "-" },
  delete: { tone: "remove", symbol: "-" },
  clear: { tone: "remove", symbol: "-" },
} as const satisfies Partial<Record<RowVerb, Pick<PlanRow, "tone" | "symbol">>>;

const VERB_OF = [
  ["delete-account", "delete"],
  ["deactivate-account", "deactivate"],
  ["create-account", "create"],
  ["reactivate-account", "reactivate"],
  ["adopt-account", "adopt"],
] as const;

function verbOf({ cause }: PersonPlan, changes: readonly PersonChange[]): keyof typeof LOOKS {
  const found = VERB_OF.find(([kind]) => changes.some((change) => change.kind === kind));
  return found?.[1] ?? (cause === "leaver" ? "clear" : "update");
}

/** What waits for its time alone. */
function delayedRow({ label, held }: PersonPlan, now: Instant): readonly PlanRow[] {
  const delayed = held.filter(({ hold }) => hold === "delayed");
  const details = bookingDetails(
    delayed.map(({ change }) => change),
    now,
  );
  return delayed.slice(0, 1).map(({ detail: what }) => ({
    tone: "held",
    symbol: "…",
    verb: "wait",
    who: label,
    what,
    why: "delayed",
    details,
  }));
}

function heldRows({ label, held }: PersonPlan, isWaiting: boolean): readonly PlanRow[] {
  const own = held.filter(({ hold }) => !SHOWN_TOGETHER.has(hold) && !(isWaiting && hold === "no-free-seat"));
  const sentences = new Map(own.map(({ detail, hold }) => [detail, hold]));
  return [...sentences].map(([sentence, why]) => {
    const { reason, wayOut } = splitWayOut(sentence);
    const details = wayOut === null ? [] : [{ tone: "muted", verb: "→", what: wayOut } as const];
    return { tone: "held", symbol: "!", verb: "held", who: label, what: reason, why, details };
  });
}
