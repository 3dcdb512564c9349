import type { ObservedGroup } from "../../domain/account.ts";
import type { Mapping } from "../../mapping/compile.ts";
import { rulesOfGroups } from "../../mapping/rules-of-groups.ts";
import type { ProductGroup } from "./product-view.ts";

/** What is known of groups. */
export interface GroupSources {
  /** What the product shows. */
  readonly shown: readonly ObservedGroup[];
  readonly mapping: Pick<Mapping, "document">;
  /** Per group, how many people are in it, as links say it. */
  readonly sizes: ReadonlyMap<string, number>;
  readonly createsMissing: boolean;
}

/** The groups of the product and those that the mapping names, by name, then id. */
export function listGroups({ shown, mapping, sizes, createsMissing }: GroupSources): readonly ProductGroup[] {
  const rules = rulesOfGroups(mapping.document);
  const there = new Set(shown.map(({ name }) => name));
  const missing = [...rules.keys()].filter((name) => !there.has(name));
  return [...shown, ...missing.map((name) => ({ name, id: null }))].sort(byName).map(({ name, id }) => ({
    name,
    id,
    exists: id !== null,
    managed: rules.has(name),
    rules: rules.get(name) ?? [],
    people: sizes.get(name) ?? 0,
    willBeCreated: id === null && createsMissing,
  }));
}

type Named = Pick<ProductGroup, "name" | "id">;

function byName(a: Named, b: Named): number {
  return compare(a.name, b.name) || compare(a.id ?? "", b.id ?? "");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
