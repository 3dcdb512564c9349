import { counted } from "./change-words.ts";

/** Gathers notes that stand in nobody's row, each with how many people it concerns. Memory is bounded. */
export interface GatheredNotes {
  add(notes: readonly string[], label: string): void;
  /** One line per distinct note: `No rule names department: Finance (19 people)`; then how many more there were. */
  lines(): readonly string[];
}

const DISTINCT_NOTES = 50;
const NAMED_PEOPLE = 3;

/** Starts without notes. */
export function createGatheredNotes(): GatheredNotes {
  const gathered = new Map<string, { people: number; readonly names: string[] }>();
  let others = 0;
  return {
    add(notes, label) {
      for (const note of new Set(notes)) {
        const entry = gathered.get(note) ?? { people: 0, names: [] };
        if (entry.people === 0 && gathered.size >= DISTINCT_NOTES) {
          others += 1;
          continue;
        }
        gathered.set(note, entry);
        entry.people += 1;
        if (entry.names.length < NAMED_PEOPLE) entry.names.push(label);
      }
    },
    lines() {
      const lines = [...gathered].map(([note, { people, names }]) => {
        const whom = people > names.length ? counted(people, "person", "people") : names.join(", ");
        return `${note.replace(/\.$/, "")} (${whom})`;
      });
      return others === 0 ? lines : [...lines, `and ${counted(others, "other note")}`];
    },
  };
}
