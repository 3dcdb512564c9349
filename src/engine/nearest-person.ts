import { nearest } from "../lib/nearest.ts";
import type { Evidence } from "../ports/records.ts";

/** So many userNames are compared at most: those that begin alike, and the first of all. */
const COMPARED = 5_000;
const ALIKE = 2;

/**
 * The userName that somebody who asked for `wanted`, whom nobody answers to, most likely meant; null when none is near.
 * What counts is the part before the `@`: the one behind it is the same for a whole company. In a large one only names
 * that begin alike are sure to be among those compared.
 */
export async function nearestPerson(
  { userNames }: Pick<Evidence, "userNames">,
  wanted: string,
): Promise<string | null> {
  const pages = await Promise.all([userNames(wanted.slice(0, ALIKE), COMPARED), userNames("", COMPARED)]);
  const names = [...new Set(pages.flat())];
  const [local, domain] = partsOf(wanted);
  const inDomain = names.filter((name) => domain === null || partsOf(name)[1] === domain);
  const byLocalPart = new Map(inDomain.toReversed().map((name) => [partsOf(name)[0], name]));
  const found = nearest(local, [...byLocalPart.keys()]);
  if (found !== null) return byLocalPart.get(found) ?? null;
  const elsewhere = names.filter((name) => partsOf(name)[0] === local);
  return nearest(wanted, elsewhere);
}

/** What stands before the last `@`, and behind it, without case; null where there is none. */
function partsOf(name: string): readonly [string, string | null] {
  const folded = name.toLowerCase();
  const at = folded.lastIndexOf("@");
  return at === -1 ? [folded, null] : [folded.slice(0, at), folded.slice(at + 1)];
}
