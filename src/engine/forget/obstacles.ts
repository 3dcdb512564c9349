import type { DirectoryUserId } from "../../domain/directory.ts";
import { ErasureRefusedError, type ErasureObstacle } from "../../domain/erasure-errors.ts";
import type { Dossier } from "../../ports/erasures.ts";
import type { JournalEntry } from "../../ports/journal.ts";
import { triedEmails } from "../plan/lost-creates.ts";

/** What stands in the way of forgetting somebody, and what to do about it. */
interface Refusal {
  readonly obstacle: ErasureObstacle;
  readonly message: string;
}

/** Throws ErasureRefusedError when this person's data are still needed. `person`: as they were asked for. */
export function refuseNeeded(person: string, dossier: Dossier, journal: readonly JournalEntry[]): void {
  for (const rule of [erased, returned, active, underWay, account, unanswered]) {
    const refusal = rule(person, dossier, journal);
    if (refusal !== null) throw new ErasureRefusedError(refusal.obstacle, refusal.message);
  }
}

type Rule = (person: string, dossier: Dossier, journal: readonly JournalEntry[]) => Refusal | null;

const erased: Rule = (person, { forgottenAt }) =>
  forgottenAt === null
    ? null
    : { obstacle: "erased", message: `The data of ${person} were erased on ${forgottenAt}: nothing is left to erase.` };

const returned: Rule = (person, { inheritedBy }) =>
  inheritedBy === null
    ? null
    : {
        obstacle: "returned",
        message: `${person} came back under the id ${inheritedBy}: ask for that one, which is erased with all earlier ids.`,
      };

const active: Rule = (person, { lives, namesakes }) => {
  const own = lives.find(({ user, deletedAt }) => user.active && deletedAt === null)?.user;
  const [namesake] = namesakes.filter((one) => one.active);
  const [directory, id]: readonly [string, DirectoryUserId | undefined] =
    own === undefined ? [namesake?.directory ?? "", namesake?.user] : [own.directory, own.id];
  if (id === undefined) return null;
  const as = own === undefined ? ` as ${id}` : "";
  return {
    obstacle: "active",
    message: `${person} is still active in directory ${directory}${as}: deactivate or delete them in the identity provider first, which pushes it here.`,
  };
};

const WAITS = {
  wake: "a push about them has not been worked on yet",
  failure: "a change of theirs failed and is tried again",
  held: "a change of theirs is held",
} as const satisfies Record<NonNullable<Dossier["underWay"]>, string>;

const underWay: Rule = (person, dossier) =>
  dossier.underWay === null
    ? null
    : {
        obstacle: "under-way",
        message: `${person} cannot be erased yet, since ${WAITS[dossier.underWay]}: ${explainCommand(dossier)} tells more; a full run (\`rosterbridge apply\`) settles what it can.`,
      };

const account: Rule = (person, dossier) =>
  dossier.link === null || dossier.link.offboardedAt !== null
    ? null
    : {
        obstacle: "account",
        message: `${person} still has the account ${dossier.link.account} in the product, which was not proved shut: ${explainCommand(dossier)} tells what is missing.`,
      };

/** Without a link, what the journal knows is the only trace of an account that may be open. */
const unanswered: Rule = (person, dossier, journal) => {
  const isOpen = journal.some(({ state }) => state === "intent");
  if (!isOpen && (dossier.link !== null || triedEmails(journal).length === 0)) return null;
  return {
    obstacle: "under-way",
    message: `${person} cannot be erased yet, since nobody knows what came of a change that was sent for them: a full run (\`rosterbridge apply\`) finds out.`,
  };
};

function explainCommand({ lives }: Dossier): string {
  const [newest] = lives;
  return `\`rosterbridge explain ${newest?.user.id ?? ""}\``;
}
