import { TenantChangedError } from "../../domain/errors.ts";

/** The organisation that a product says it is, beside what is known. */
export interface TenantSeen {
  readonly product: string;
  /** What the product says now; null when it does not say. */
  readonly seen: string | null;
  /** What it said when it was first seen; null when it did not, or nobody has asked yet. */
  readonly known: string | null;
  /** What a person has confirmed; null when nobody was asked. */
  readonly accepted: string | null;
}

/**
 * The organisation to remember. Throws TenantChangedError when the product is another one than it was: behind the same
 * address or token may be a copy, a customer's or a test's, where every account would look gone and every id be another's.
 * A product that does not say is believed, and forgets nothing.
 */
export function expectTenant({ product, seen, known, accepted }: TenantSeen): string | null {
  if (accepted !== null && accepted !== seen) {
    const says = seen === null ? "does not say which organisation it is" : `says that it is organisation ${seen}`;
    throw new TenantChangedError(`The product (${product}) ${says}, not ${accepted}: nothing was done.`);
  }
  if (seen === null || known === null || seen === known || seen === accepted) return seen ?? known;
  throw new TenantChangedError(
    [
      `The product (${product}) is another organisation than before: ${seen}, where ${known} is known. Nothing is written to it.`,
      "If its address or its token in the configuration is wrong, mend that.",
      `If it is the same organisation under a new id: rosterbridge apply --accept-tenant ${shellWord(seen)}.`,
      "If it is another one, start with an empty database: the links on record are those of the old one.",
    ].join(" "),
  );
}

/** The command is meant to be copied: whatever a shell could read otherwise is quoted. */
function shellWord(text: string): string {
  return /^[\w.@:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
