import type { Condition } from "../../domain/alert.ts";
import type { Instant } from "../../domain/brand.ts";
import { msBetween } from "../../domain/instant.ts";
import type { Hold } from "../../domain/plan.ts";
import { safeText } from "../../planning/rendering/safe-text.ts";
import { countBy, type AlertFacts, type HeldLeavers } from "./alert-facts.ts";
import { LEAVER_PATIENCE_MS, type FailedRuns } from "../health.ts";
import { silenceConditions } from "./silence-conditions.ts";
import { tokenConditions } from "./token-conditions.ts";

/** A wipe takes a while to arrive: it is told when it has stopped growing. */
const HELD_LASTS_MS = 10_000;
/** Two full runs that found the same: a listing that was short once is none of anybody's business. */
const INCOMPLETE_LASTS_MS = 20 * 60_000;
/** After a while without us, the first run puts most of it right. */
const FAILING_LASTS_MS = 60_000;
/** A product, or its runs, may fail for so long before somebody is told. */
const PATIENCE_MS = LEAVER_PATIENCE_MS;
/** Attempts for one person that failed before somebody is told: what passes by itself has passed by then. */
export const ATTEMPTS = 3;

/** What is the matter now, from the facts; pure. Texts hold ids, counts and commands, and never a person's name or e-mail. */
export function conditionsOf(facts: AlertFacts): readonly Condition[] {
  return [
    ...heldConditions(facts),
    ...leaverConditions(facts),
    ...productConditions(facts),
    ...peopleConditions(facts),
    ...seatConditions(facts),
    ...silenceConditions(facts),
    ...tokenConditions(facts.tokens, facts.now),
  ];
}

/** People, with the right noun. */
function people(count: number): string {
  return count === 1 ? "1 person" : `${count.toLocaleString("en")} people`;
}

/** The first words of a hold over a limit, which are numbers and settings; what follows names a person. */
const BREACH =
  /^[\d,]+ [a-z ]+: (?:[\d,]+ in 24 h, limit [\d,]+|no active account would be left) \(limits\.\w+\)(?=\.)/;
const DIGEST = /rosterbridge approve ([0-9a-f]{12}) /;

function heldConditions({ held, leavers, overLimit }: AlertFacts): readonly Condition[] {
  // What is held of a leaver is told as that of a leaver, and not once more.
  const others = (hold: Hold): number => Math.max(0, (held.get(hold) ?? 0) - (leavers.held.get(hold) ?? 0));
  const counts = {
    overLimit: others("over-limit"),
    identityConflict: others("identity-conflict"),
    contested: others("contested"),
  };
  const size = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const incomplete = held.get("observation-incomplete") ?? 0;
  return [
    ...(leavers.people === 0 ? [] : [leaversStayIn(leavers, overLimit)]),
    ...(size === 0 ? [] : [waitsForPeople(counts, size, overLimit)]),
    ...(incomplete === 0 ? [] : [incompleteListing(incomplete)]),
  ];
}

/** A key of its own: whatever else is held, and has been told, must not hide that leavers keep their access. */
function leaversStayIn({ people: size, by }: HeldLeavers, overLimit: readonly string[]): Condition {
  const counts = {
    restored: by.get("restored") ?? 0,
    overLimit: by.get("over-limit") ?? 0,
    identityConflict: by.get("identity-conflict") ?? 0,
    contested: by.get("contested") ?? 0,
    protected: by.get("protected-account") ?? 0,
    unsupported: by.get("unsupported") ?? 0,
    waitsForHeld: by.get("waits-for-held") ?? 0,
  };
  const reasons = [
    said(counts.restored, "the database was restored: look at `rosterbridge plan`, then `rosterbridge resume`"),
    counts.overLimit > 0 ? overLimitWords(counts.overLimit, overLimit) : "",
    said(counts.identityConflict, "an account that may be somebody else's: shut it in the product by hand"),
    said(counts.contested, "opened again in the product by somebody: agree with whoever does it"),
    said(counts.protected, "a protected account: shut it in the product by hand, or change `protected`"),
    said(counts.unsupported, "the product cannot shut the account: do it there by hand"),
    said(counts.waitsForHeld, "something else of theirs is held, such as their bookings, and has to go first"),
  ].filter((reason) => reason !== "");
  return {
    key: "held:leavers",
    topic: "held",
    severity: "critical",
    title: size === 1 ? "1 leaver is not shut out" : `${size.toLocaleString("en")} leavers are not shut out`,
    text: `${reasons.join(" ")} \`rosterbridge status\` lists them.`,
    counts: { people: size, leavers: size, ...counts },
    size,
    stage: 0,
    lastsMs: HELD_LASTS_MS,
  };
}

type HeldCounts = Readonly<Record<"overLimit" | "identityConflict" | "contested", number>>;

function waitsForPeople(counts: HeldCounts, size: number, overLimit: readonly string[]): Condition {
  const reasons = [
    counts.overLimit > 0 ? overLimitWords(counts.overLimit, overLimit) : "",
    said(counts.identityConflict, "match an account that may be somebody else's"),
    said(counts.contested, "are changed back in the product again and again"),
  ].filter((reason) => reason !== "");
  return {
    key: "held",
    topic: "held",
    severity: "warning",
    title: `Changes for ${people(size)} are held`,
    text: `${reasons.join(" ")} \`rosterbridge status\` lists them.`,
    counts: { people: size, ...counts },
    size,
    stage: 0,
    lastsMs: HELD_LASTS_MS,
  };
}

function said(count: number, what: string): string {
  return count === 0 ? "" : `${people(count)}: ${what}.`;
}

function overLimitWords(count: number, details: readonly string[]): string {
  const breaches = new Set(details.flatMap((detail) => BREACH.exec(detail)?.[0] ?? []));
  const digests = new Set(details.flatMap((detail) => DIGEST.exec(detail)?.[1] ?? []));
  const why = breaches.size === 0 ? "over a limit" : [...breaches].join("; ");
  const [digest, ...others] = digests;
  // Runs for a few people each have digests of their own: only a plan for everybody has one for them all.
  const known = digest === undefined || others.length > 0 ? "<digest in its first line>" : digest;
  return `${people(count)}: ${why}. Look at them with \`rosterbridge plan\`; if they are meant: \`rosterbridge approve ${known} --reason "…"\`.`;
}

function incompleteListing(count: number): Condition {
  return {
    key: "held:observation-incomplete",
    topic: "held",
    severity: "critical",
    title: "The product's list of accounts has been incomplete for a while",
    text: `Nothing is created, linked or removed because of it, for ${people(count)}. \`rosterbridge plan\` says what is missing.`,
    counts: { people: count },
    size: count,
    stage: 0,
    lastsMs: INCOMPLETE_LASTS_MS,
  };
}

function leaverConditions({ now, oldestLeaver }: AlertFacts): readonly Condition[] {
  const minutes = oldestLeaver === null ? 0 : Math.floor(msBetween(oldestLeaver, now) / 60_000);
  if (minutes < LEAVER_PATIENCE_MS / 60_000) return [];
  return [
    {
      key: "failing:leaver-waiting",
      topic: "failing",
      severity: "critical",
      title: "A leaver has not been shut out yet",
      text: `The one who has waited longest has since ${oldestLeaver}. \`rosterbridge status\` says what stands in the way; until that is mended, shut the account in the product by hand.`,
      counts: { leaversWaiting: 1 },
      size: 1,
      stage: 0,
      lastsMs: FAILING_LASTS_MS,
    },
  ];
}

const FAILING = { topic: "failing", severity: "critical", counts: {}, size: 1, stage: 0 } as const;

/** A product that cannot be reached makes its runs fail too: that is told once. */
function productConditions(facts: AlertFacts): readonly Condition[] {
  const { now, productFault, failedRuns } = facts;
  const [since] = [productFault?.since, failedRuns?.since].filter((one) => one !== undefined).toSorted();
  if (since === undefined) return [];
  if (failedRuns?.because === "tenant") return [otherTenant(failedRuns)];
  if (msBetween(since, now) < PATIENCE_MS) return [];
  const fault = productFault ?? (failedRuns?.because === "product" ? failedRuns : null);
  return [fault === null ? failingRuns(since) : failingProduct(since, fault.message)];
}

function otherTenant({ message }: FailedRuns): Condition {
  // Nothing but a person's hand puts it right: there is nothing to wait for.
  return {
    ...FAILING,
    key: "failing:tenant",
    title: "The product is another organisation than before",
    text: safeText(message),
    lastsMs: 0,
  };
}

function failingProduct(since: Instant, message: string): Condition {
  return {
    ...FAILING,
    key: "failing:product",
    title: "The product cannot be reached, or refuses its credentials",
    text: `It has been so since ${since}: ${safeText(message)}. What the IdPs push is stored meanwhile, and carried out afterwards. Look at \`rosterbridge status\`, at \`product\` in the configuration, and at the product itself.`,
    lastsMs: FAILING_LASTS_MS,
  };
}

function failingRuns(since: Instant): Condition {
  const text = `They have since ${since}. \`rosterbridge runs\` says why.`;
  return { ...FAILING, key: "failing:runs", title: "Full runs fail", text, lastsMs: FAILING_LASTS_MS };
}

function peopleConditions({ failures }: AlertFacts): readonly Condition[] {
  const failing = failures.filter(({ attempts }) => attempts >= ATTEMPTS);
  if (failing.length === 0) return [];
  const codes = [...countBy(failing.map(({ code }) => code))].toSorted(([, one], [, other]) => other - one);
  const why = codes.slice(0, 3).map(([code, count]) => `${code} × ${count.toLocaleString("en")}`);
  return [
    {
      key: "failing:people",
      topic: "failing",
      severity: "warning",
      title: `Changes for ${people(failing.length)} fail`,
      text: `The product refused at least ${ATTEMPTS} attempts for each of them (${why.join(", ")}); they are tried again every 15 minutes. \`rosterbridge status\` lists them, \`rosterbridge explain <person>\` says why.`,
      counts: { people: failing.length },
      size: failing.length,
      stage: 0,
      lastsMs: 0,
    },
  ];
}

function seatConditions({ waiting }: AlertFacts): readonly Condition[] {
  return [...waiting].map(([seat, count]) => {
    const pool = safeText(seat);
    return {
      key: `over-capacity:${pool}`,
      topic: "over-capacity",
      severity: "warning",
      title: `${people(count)} ${count === 1 ? "waits" : "wait"} for a ${pool} seat`,
      text: `Every ${pool} seat is in use. Nobody is evicted and nothing is bought: free some in the product, or have more of them. \`rosterbridge status\` shows the queue.`,
      counts: { people: count },
      size: count,
      stage: 0,
      lastsMs: HELD_LASTS_MS,
    };
  });
}
