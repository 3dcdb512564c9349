import type { Instant } from "../../domain/brand.ts";
import type { Matched, ShownAccount, Somebody } from "../../engine/explain/explanation.ts";
import { instantWords } from "../../planning/rendering/change-words.ts";
import { HELD, listed, type Line } from "./step.ts";

const MATCHES = {
  linked: "the account on record",
  relinked: "an account that we made for this person; it is linked next",
  adoptable: "an account that was there before and may be adopted",
  new: "no account: one is created",
  missing: "the account on record has vanished: one is created",
  conflict: "cannot be told safely",
  none: "no account is on record for them, and none is adopted for somebody who has left",
} as const;

/** The fourth step: which account of the product is theirs, and whose else it may be. */
export function matchedLines(matched: Matched, self: string, now: Instant): readonly Line[] {
  const { link, unanswered, kind, reason, candidates, namesakes } = matched;
  return [
    link === null
      ? { label: "link", value: "none" }
      : {
          label: "link",
          value: `account ${link.account}`,
          why: `${link.origin} ${instantWords(link.linkedAt, now)}`,
        },
    ...(unanswered === null ? [] : [notAsked(unanswered.message)]),
    ...(kind === null ? [] : [{ label: "match", value: MATCHES[kind], ...(kind === "conflict" ? HELD : {}) }]),
    ...(reason === null ? [] : [{ label: "because", value: reason, ...HELD }]),
    ...listed(
      "product",
      candidates.map((account) => accountLine(account, self)),
    ),
    ...listed("same e-mail", namesakes.map(somebodyWords)),
  ];
}

function notAsked(message: string): Line {
  return { label: "product", value: `could not be asked: ${message}`, tone: "remove" };
}

/** The account on record is named by its link already. */
function accountLine(account: ShownAccount, self: string): Omit<Line, "label"> {
  const { id, email, status, role, seat, groups, linkedTo } = account;
  const has = [
    email,
    status,
    ...(role === "member" ? [] : [role]),
    seat === null ? "no seat" : `seat ${seat}`,
    groups.length === 0 ? "no groups" : `groups ${groups.join(", ")}`,
  ];
  if (linkedTo?.id === self) return { value: has.join(" · ") };
  const holder = linkedTo === null ? "linked to nobody" : `linked to ${somebodyWords(linkedTo)}`;
  return { value: has.join(" · "), why: `account ${id}, ${holder}` };
}

function somebodyWords({ userName, directory, status, id }: Somebody): string {
  return `${userName} (${status} in ${directory}, ${id})`;
}
