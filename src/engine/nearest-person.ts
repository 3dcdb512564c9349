import { nearest } from "../lib/nearest.ts";
import type { Evidence } from "../ports/records.ts";

/** So many userNames are compared at most: those that begin alike, and the first of all. */
const COMPARED = 5_000;
const ALIKE = 2;

/**
 * The userName that somebody who asked for `wanted`, whom nobody answers to, most likely meant; null when none is near.
 * What has no `@` is also compared with the part before it. In a large company only names that begin alike are sure to
 * be among those compared.
 */
export async function nearestPerson(
  { userNames }: Pick<Evidence, "userNames">,
  wanted: string,
): Promise<string | null> {
  const pages = await Promise.all([userNames(wanted.slice(0, ALIKE), COMPARED), userNames("", COMPARED)]);
  const names = [...new Set(pages.flat())];
  if (wanted.includes("@")) return nearest(wanted, names);
  const byLocalPart = new Map(names.toReversed().map((name) => [name.split("@")[0] ?? name, name]));
  const found = nearest(wanted, [...byLocalPart.keys(), ...names]);
  return found === null ? null : (byLocalPart.get(found) ?? found);
}
