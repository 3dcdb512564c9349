import type { Mapping } from "../../mapping/compile.ts";

/** Groups whose membership is the bridge's: those that some rule names, where the mapping is authoritative. */
export function ruledGroups({ authoritative, managedGroups }: Mapping): ReadonlySet<string> {
  return authoritative ? managedGroups : new Set();
}

/** Groups that an edit makes the bridge's, sorted: so far people could be put there, and taken out, by hand. */
export function takenOver(saved: Mapping, edit: Mapping): readonly string[] {
  return [...ruledGroups(edit).difference(ruledGroups(saved))].sort();
}
