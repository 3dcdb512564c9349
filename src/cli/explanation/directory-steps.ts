import type { AccountProfile } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import type { Explanation, Mapped, Pushed, Staged } from "../../engine/explain/explanation.ts";
import { instantWords } from "../../planning/rendering/change-words.ts";
import { ago } from "../ago.ts";
import { actorWords, attributeWords } from "./actor-words.ts";
import { listed, type Line, type Step } from "./step.ts";

/** The first three steps: what the IdP said, what is staged, what the mapping makes of it. */
export function directorySteps({ pushed, staged, mapped, explainedAt }: Explanation): readonly Step[] {
  return [
    { title: "1 Pushed", lines: pushedLines(pushed, explainedAt) },
    { title: "2 Staged", lines: stagedLines(staged, explainedAt) },
    { title: `3 In scope and mapped (mapping v${mapped.mappingVersion})`, lines: mappedLines(mapped) },
  ];
}

const FEW = 8;

const SAID: Readonly<Record<string, string>> = {
  "user.created": "created",
  "user.changed": "changed",
  "user.deleted": "deleted",
};

function pushedLines(pushed: Pushed | null, now: Instant): readonly Line[] {
  if (pushed === null) return [{ label: "said", value: "nothing that the audit log knows of" }];
  const { action, attributes, active, at, actor } = pushed;
  const words = attributes.map((name) => (name === "active" ? activeWords(action, active) : attributeWords(name)));
  const what = words.length === 0 ? "" : `: ${words.join(", ")}`;
  return [
    { label: "said", value: `${SAID[action] ?? action}${what}` },
    { label: "when", value: `${instantWords(at, now)}, ${ago(at, now)}` },
    { label: "by", value: actorWords(actor) },
  ];
}

/** What became of `active`; null: the audit log does not tell. */
function activeWords(action: string, active: boolean | null): string {
  if (active === null) return "active";
  if (action === "user.changed") return `active to ${active}`;
  return active ? "active" : "inactive";
}

function stagedLines(staged: Staged, now: Instant): readonly Line[] {
  const { userName, externalId, active, leftAt, deletedAt, version, groups } = staged;
  const state =
    deletedAt !== null
      ? `deleted on ${instantWords(deletedAt, now)}`
      : active
        ? "active"
        : `inactive${leftAt === null ? "" : ` since ${instantWords(leftAt, now)}`}`;
  const isGone = deletedAt !== null || !active;
  return [
    { label: "userName", value: userName },
    { label: "state", value: state, ...(isGone ? { tone: "remove" } : {}) },
    { label: "version", value: String(version) },
    ...(externalId === null ? [] : [{ label: "externalId", value: externalId }]),
    { label: "groups", value: groups.length === 0 ? "none" : groups.map(({ displayName }) => displayName).join(", ") },
  ];
}

function mappedLines(mapped: Mapped): readonly Line[] {
  const { scope, inScope, leaver, account, groups, notIn, seat, seatBecause, unmapped, problems } = mapped;
  const scopeLine: Line = {
    label: "scope",
    value: inScope ? "in scope" : "out of scope",
    why: scope === null ? "everybody is" : scope,
    ...(inScope ? {} : { tone: "remove" }),
  };
  const values = listed("account", accountWords(account));
  const faults = listed("not used", problems);
  if (leaver !== null) {
    return [
      scopeLine,
      ...values,
      { label: "gets", value: "nothing", why: LEAVER_WHY[leaver], tone: "remove" },
      ...faults,
    ];
  }
  const placements = groups.map(({ group, because }) => ({ value: group, why: because.map(withoutResult).join("; ") }));
  return [
    scopeLine,
    ...values,
    ...listed("groups", placements.length === 0 ? ["none"] : placements),
    ...(notIn.length === 0 ? [] : [{ label: "not in", value: fewOf(notIn), why: "no rule names it for this person" }]),
    { label: "seat", value: seat ?? "none", ...(seatBecause === null ? {} : { why: withoutResult(seatBecause) }) },
    ...listed(
      "unmapped",
      unmapped.map((value) => ({ value, why: "no rule names this value", tone: "held" })),
    ),
    ...faults,
  ];
}

const LEAVER_WHY = {
  inactive: "the directory says active: false",
  deleted: "the directory deleted this person",
  "out-of-scope": "the scope does not match",
} as const;

function accountWords(account: AccountProfile): readonly string[] {
  return Object.entries(account).map(([field, value]) => `${field} ${value === "" ? "none that can be used" : value}`);
}

/** The first few of many names. */
function fewOf(names: readonly string[]): string {
  const more = names.length - FEW;
  return more > 0 ? `${names.slice(0, FEW).join(", ")} and ${more} more` : names.join(", ");
}

/** The rule without the group or seat that it gives, which stands before it. */
function withoutResult(rule: string): string {
  return rule.replace(/ → [^→]*$/, "");
}
