import type { Instant } from "../../domain/brand.ts";
import type { Hold, PersonPlan, PlanSummary, Waiting } from "../../domain/plan.ts";
import { approveCommand, breachWords, RESUME_COMMAND } from "../hold-words.ts";
import { counted } from "./change-words.ts";
import { createGatheredNotes } from "./gathered-notes.ts";
import { createHeldPeople } from "./held-people.ts";
import type { HeldPeople, HeldPeopleList } from "./held-people.ts";
import { personRows } from "./person-rows.ts";
import type { PlanRow, RowVerb } from "./person-rows.ts";

/** Where the people are whom a held block has no room for; a shell command. */
export const EVERYBODY = "rosterbridge plan --format json";

const SHOWN_WAITING = 100;

/** Many held changes with one reason: what is held, whom it concerns, how to get past it. */
export interface HeldBlock {
  readonly what: string;
  /** Whom it concerns, and what waits with it; null for changes that are only counted. */
  readonly who: HeldPeople | null;
  readonly wayOut: string | null;
}

/** What follows after all people. */
export interface PlanEnding {
  readonly held: readonly HeldBlock[];
  /** The first in the queues, at most a hundred, and how many more there are. */
  readonly waiting: readonly Waiting[];
  readonly moreWaiting: number;
  /** What is worth knowing about people who have no row, one line per distinct note. */
  readonly notes: readonly string[];
  readonly sentence: string;
}

/** Takes people one by one, gives the rows of each, and knows the end when all are in. Holds counts, some names and notes. */
export interface PlanReport {
  rows(person: PersonPlan): readonly PlanRow[];
  ending(): PlanEnding;
}

/** The first line: digest, directories, product, mapping, people. */
export function titleParts({ digest, directories, product, people, linked, basis }: PlanSummary): readonly string[] {
  const from = `${directories.length === 1 ? "directory" : "directories"} ${directories.join(", ")}`;
  return [
    `Plan ${digest}`,
    `${from} → ${product}`,
    `mapping v${basis.mappingVersion}`,
    `${counted(people, "person", "people")}, ${linked.toLocaleString("en")} linked`,
  ];
}

/** Starts a report on one plan. */
export function createReport(summary: PlanSummary, now: Instant): PlanReport {
  const verbs = new Map<RowVerb, number>();
  const waiting = new Set<string>(summary.waiting.map(({ user }) => user));
  const heldPeople = createHeldPeople();
  const notes = createGatheredNotes();
  return {
    rows(person) {
      heldPeople.add(person);
      const rows = personRows(person, now, waiting.has(person.user));
      // Rows of changes carry the notes of the person themselves.
      if (rows.every(({ verb }) => verb === "held" || verb === "wait")) notes.add(person.notes, person.label);
      const verb = person.changes.length === 0 ? undefined : rows[0]?.verb;
      if (verb !== undefined) verbs.set(verb, (verbs.get(verb) ?? 0) + 1);
      return rows;
    },
    ending: () => ({
      held: heldBlocks(summary, heldPeople),
      waiting: summary.waiting.slice(0, SHOWN_WAITING),
      moreWaiting: Math.max(0, summary.waiting.length - SHOWN_WAITING),
      notes: notes.lines(),
      sentence: closingSentence(summary, verbs),
    }),
  };
}

function heldBlocks(
  { digest, isPartial, breaches, basis: { observation }, tally: { held } }: PlanSummary,
  heldPeople: HeldPeopleList,
): readonly HeldBlock[] {
  // Who may pass alone is said with each of them.
  const wayOut = isPartial === true ? null : approveCommand(digest);
  const ofPeople = (key: string, words: (people: number) => string): readonly HeldBlock[] => {
    const who = heldPeople.of(key);
    return who === null ? [] : [{ what: words(who.people), who, wayOut }];
  };
  const ofChanges = (hold: Hold, why: string, command: string | null = null): readonly HeldBlock[] =>
    held[hold] === 0 ? [] : [{ what: `${counted(held[hold], "change")}: ${why}`, who: null, wayOut: command }];
  const unseen = observation.complete
    ? "their upcoming bookings could not be listed"
    : `the product's list of accounts is not complete (${observation.detail})`;
  return [
    ...breaches.flatMap((breach) => ofPeople(breach.limit, () => breachWords(breach))),
    ...ofPeople(
      "mapping",
      (people) => `${counted(people, "person", "people")} taken out of scope by an edit of the mapping`,
    ),
    ...ofChanges("observation-incomplete", unseen),
    ...ofChanges("mode", 'the mode forbids them ("mode" in the configuration)'),
    ...ofChanges("restored", "the database was restored from a backup, and may be behind the times", RESUME_COMMAND),
  ];
}

const SUMMED: readonly (readonly [verb: RowVerb, words: string])[] = [
  ["create", "to create"],
  ["adopt", "to adopt"],
  ["reactivate", "to reactivate"],
  ["update", "to update"],
  ["deactivate", "to deactivate"],
  ["delete", "to delete"],
  ["clear", "to clear"],
];

/** `1 to create, 14 bookings to cancel, 37 held.` What waits for something held, or for a seat, is not counted as held. */
function closingSentence(
  { tally: { counts, held }, groups, waiting, people }: PlanSummary,
  verbs: ReadonlyMap<RowVerb, number>,
): string {
  const doing = [
    ...(groups.length === 0 ? [] : [`${counted(groups.length, "group")} to create`]),
    ...SUMMED.flatMap(([verb, words]) => verbs.get(verb)?.toLocaleString("en").concat(" ", words) ?? []),
    ...(counts["cancel-booking"] === 0 ? [] : [`${counted(counts["cancel-booking"], "booking")} to cancel`]),
    ...(counts["reassign-booking"] === 0 ? [] : [`${counted(counts["reassign-booking"], "booking")} to reassign`]),
  ];
  const stuck = (Object.keys(held) as Hold[])
    .filter((hold) => hold !== "waits-for-held" && hold !== "no-free-seat" && hold !== "delayed")
    .reduce((sum, hold) => sum + held[hold], 0);
  const unserved = Math.max(waiting.length, held["no-free-seat"]);
  const resting = [
    ...(stuck === 0 ? [] : [`${stuck.toLocaleString("en")} held`]),
    ...(held.delayed === 0 ? [] : [`${held.delayed.toLocaleString("en")} waiting for their time`]),
    ...(unserved === 0 ? [] : [`${unserved.toLocaleString("en")} waiting for a seat`]),
  ];
  if (doing.length === 0 && resting.length === 0) {
    if (people === 0) return "No changes. No identity provider has pushed anybody yet, and no file was imported.";
    return "No changes. The product matches the directory.";
  }
  const parts = doing.length === 0 ? ["Nothing to do now", ...resting] : [...doing, ...resting];
  return `${parts.join(", ")}.`;
}
