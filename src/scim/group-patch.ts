import type { GroupMember, MemberDraft, MembersChange } from "../domain/directory.ts";
import { InvalidFilterError } from "../domain/errors.ts";
import type { JsonObject } from "../domain/json.ts";
import { filterPaths } from "./filter-paths.ts";
import type { FilterNode } from "./filter.ts";
import { groupContent } from "./group.ts";
import type { GroupContent } from "./group.ts";
import { memberDelta } from "./member-delta.ts";
import type { StepOnMembers } from "./member-delta.ts";
import { MEMBERS, parseMembers } from "./members.ts";
import type { PatchOperation } from "./parse-patch.ts";
import { applySteps } from "./patch.ts";
import { refuseOversized } from "./size-limits.ts";
import { allPatchSteps } from "./patch-steps.ts";
import type { PatchStep } from "./patch-steps.ts";
import { findPatchTarget } from "./patch-target.ts";
import { GROUP_TYPE } from "./resource-types.ts";
import { sameResource } from "./same-resource.ts";

/**
 * True when the stored members must be read to say what the operations do to them. Those that IdPs send add, remove and
 * replace by `value`, and so never need a list of tens of thousands. Throws as `patchGroup` does.
 */
export function readsMembers(operations: readonly PatchOperation[]): boolean {
  return memberDelta(takeApart(operations).onMembers) === null;
}

/**
 * The group after a PATCH. `members` are the stored ones where `readsMembers`, else they may be null. The change of members
 * is null when the operations say nothing about them. Throws what `applyPatch` throws, InvalidValueError also when
 * `displayName` would be gone and for members without a usable `value`.
 */
export function patchGroup(
  stored: GroupContent,
  members: readonly GroupMember[] | null,
  operations: readonly PatchOperation[],
): { readonly content: GroupContent; readonly members: MembersChange | null } {
  const { others, onMembers } = takeApart(operations);
  const content = groupContent(applySteps(stored.resource, others, GROUP_TYPE));
  refuseOversized(content.resource);
  const delta = memberDelta(onMembers) ?? wholeChange(members, onMembers);
  const isNothing = delta.base === "stored" && delta.put.length === 0 && delta.drop.length === 0;
  return { content, members: isNothing ? null : delta };
}

/** The steps on members, and all others. Neither see what the other change: no filter reaches beyond its attribute. */
function takeApart(operations: readonly PatchOperation[]): {
  readonly others: readonly PatchStep[];
  readonly onMembers: readonly StepOnMembers[];
} {
  const others: PatchStep[] = [];
  const onMembers: StepOnMembers[] = [];
  for (const step of allPatchSteps(operations, GROUP_TYPE)) {
    const target = findPatchTarget(step.path, GROUP_TYPE);
    if (target.kind === "attribute" && target.attribute === MEMBERS) onMembers.push({ step, target });
    else others.push(step);
  }
  return { others, onMembers };
}

/** The general way: the steps edit the stored members like any other attribute, and what comes out is the whole list. */
function wholeChange(members: readonly GroupMember[] | null, steps: readonly StepOnMembers[]): MembersChange {
  if (members === null) throw new TypeError("These operations cannot be applied without the stored members.");
  const before: JsonObject = members.length === 0 ? {} : { members: members.map(toElement) };
  const after = applySteps(before, steps.map(withCheckedMembers), GROUP_TYPE);
  const stored = new Map(members.map((member) => [member.value, member]));
  const left = parseMembers(after["members"] ?? null, MEMBERS.name).map((member) => asStored(member, stored));
  const isSame = sameResource(
    left.map((member) => ({ ...member })),
    members.map(({ refersTo: _, ...member }) => member),
  );
  return isSame ? { base: "stored", put: [], drop: [] } : { base: "none", put: left, drop: [] };
}

/** A stored member as clients see it, and so as their filters mean it; without `$ref`, which nobody may change. */
function toElement({ refersTo, ...member }: GroupMember): JsonObject {
  return refersTo === null ? member : { ...member, type: refersTo.type };
}

/** What we computed of a member is not what the IdP said of it. */
function asStored(member: MemberDraft, stored: ReadonlyMap<string, GroupMember>): MemberDraft {
  const before = stored.get(member.value);
  if (before?.refersTo == null || member.type !== before.refersTo.type) return member;
  const { type: _, ...rest } = member;
  return before.type === undefined ? rest : { ...rest, type: before.type };
}

/** The step with its list of members checked, as it is in the short way. Throws InvalidFilterError for `$ref` in a filter. */
function withCheckedMembers({ step, target }: StepOnMembers): PatchStep {
  if (target.filter !== null && namesReference(target.filter)) {
    throw new InvalidFilterError("members.$ref follows from value: select members by their value.");
  }
  const isList = target.filter === null && target.subAttribute === null && step.value !== null;
  return isList ? { ...step, value: parseMembers(step.value, step.path).map((member) => ({ ...member })) } : step;
}

function namesReference(filter: FilterNode): boolean {
  return filterPaths(filter).some(({ attribute }) => attribute.toLowerCase() === "$ref");
}
