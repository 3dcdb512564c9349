import { hash } from "node:crypto";
import type { PersonPlan, PlanDigest } from "../domain/plan.ts";

/** What may differ between two plans that do the same: explanations, ranks and times. */
const VOLATILE: ReadonlySet<string> = new Set(["because", "unmapped", "problems", "seatRank", "startsAt", "toLabel"]);

/** JSON with sorted keys, without what is volatile or undefined. */
function canonical(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const parts = Object.entries(value)
    .filter(([key, inner]) => inner !== undefined && !VOLATILE.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner)}`);
  return `{${parts.join(",")}}`;
}

function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

/** Sixteen hexadecimal digits that stand for a value, whatever the order of its keys. */
export function fingerprint(value: unknown): string {
  return sha256(canonical(value)).slice(0, 16);
}

const MODULUS = 1n << 256n;

/** Adds up a plan's digest, person by person, in any order and in constant memory. */
export interface DigestSum {
  add(person: PersonPlan): void;
  digest(): PlanDigest;
}

/**
 * The digest of a plan: the sum, modulo 2^256, of the SHA-256 of each person's changes, held ones with their hold
 * included. Versions, times, notes and the sentences of holds are left out; so are people without changes.
 */
export function createDigestSum(): DigestSum {
  let sum = 0n;
  return {
    add({ user, changes, held }) {
      if (changes.length === 0 && held.length === 0) return;
      const content = canonical([user, changes, held.map(({ change, hold }) => [change, hold])]);
      sum = (sum + BigInt(`0x${sha256(content)}`)) % MODULUS;
    },
    digest: () => sum.toString(16).padStart(64, "0").slice(0, 12) as PlanDigest,
  };
}
