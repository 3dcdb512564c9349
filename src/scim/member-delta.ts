import type { MemberDraft, MembersChange } from "../domain/directory.ts";
import type { FilterNode } from "./filter.ts";
import { parseMembers } from "./members.ts";
import type { PatchStep } from "./patch-steps.ts";
import type { PatchTarget } from "./patch-target.ts";

/** What one step of a PATCH does to the members of a group, whoever they are. */
type MemberStep =
  | { readonly kind: "add"; readonly members: readonly MemberDraft[] }
  | { readonly kind: "remove"; readonly values: readonly string[] }
  | { readonly kind: "set"; readonly members: readonly MemberDraft[] };

/** A step of a PATCH and the part of `members` that its path selects. */
export interface StepOnMembers {
  readonly step: PatchStep;
  readonly target: PatchTarget & { readonly kind: "attribute" };
}

/**
 * The change that the steps make, in their order, without looking at the members that are stored. Null when it depends on
 * those: a step selects by anything but `value` or edits what it selects, or a member goes and comes again, described anew.
 * Throws InvalidValueError for a member without a usable `value`.
 */
export function memberDelta(steps: readonly StepOnMembers[]): MembersChange | null {
  const put = new Map<string, MemberDraft>();
  const drop = new Set<string>();
  let base: MembersChange["base"] = "stored";
  let isKnown = true;
  for (const each of steps) {
    const step = memberStep(each);
    switch (step?.kind) {
      case undefined:
        return null;
      case "set":
        base = "none";
        isKnown = true;
        put.clear();
        drop.clear();
        for (const member of step.members) put.set(member.value, member);
        break;
      case "add":
        for (const member of step.members) {
          isKnown &&= !drop.has(member.value);
          // A member that is there already stays as it is.
          if (!put.has(member.value)) put.set(member.value, member);
        }
        break;
      case "remove":
        for (const value of step.values) {
          put.delete(value);
          if (base === "stored") drop.add(value);
        }
    }
  }
  return isKnown ? { base, put: [...put.values()], drop: [...drop] } : null;
}

function memberStep({ step: { op, path, value }, target }: StepOnMembers): MemberStep | null {
  if (target.subAttribute !== null) return null;
  if (target.filter !== null) {
    const values = op === "remove" ? selectedValues(target.filter) : null;
    return values === null ? null : { kind: "remove", values };
  }
  if (op === "remove" && value === null) return { kind: "set", members: [] };
  const members = parseMembers(value, path);
  if (op === "remove") return { kind: "remove", values: members.map(({ value: named }) => named) };
  return { kind: op === "add" ? "add" : "set", members };
}

/** Whom `value eq "a" or value eq "b"` selects; null for every other filter. */
function selectedValues(filter: FilterNode): readonly string[] | null {
  if (filter.op === "or") {
    const [left, right] = [selectedValues(filter.left), selectedValues(filter.right)];
    return left === null || right === null ? null : [...left, ...right];
  }
  if (filter.op !== "eq" || filter.value === null) return null;
  const { urn, attribute, subAttribute } = filter.path;
  const isValue = urn === null && subAttribute === null && attribute.toLowerCase() === "value";
  // An id without quotes may look like a number.
  return isValue ? [String(filter.value)] : null;
}
