import type { Instant } from "../../domain/brand.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import type { Held, Hold } from "../../domain/plan.ts";
import type { Mode } from "../../domain/policy.ts";
import type { Planned } from "../../engine/explain/explanation.ts";
import { forbiddenByMode } from "../../planning/gate.ts";
import { splitWayOut, WAYS_OUT } from "../../planning/hold-words.ts";
import { changeSentences } from "../../planning/rendering/change-sentence.ts";
import { HELD, listed, type Line } from "./step.ts";

/**
 * What a plan holds: changes with one reason together, the reason once, and the way past it on lines of their own, to be
 * copied. What only waits for something held comes after it.
 */
export function heldLines(
  held: readonly Held[],
  { user, mode, now }: { readonly user: DirectoryUserId; readonly mode: Mode; readonly now: Instant },
): readonly Line[] {
  const [echoes, own] = [held.filter(isEcho), held.filter((one) => !isEcho(one))];
  return [...byReason(own), ...byReason(echoes)].flatMap((changes) => {
    const [{ hold, detail }] = changes;
    const what = changeSentences(
      changes.map(({ change }) => change),
      now,
    ).join(", ");
    if (isEcho({ hold })) return [{ label: "waits", value: what, why: detail, ...HELD }];
    const forbidden = hold === "mode" ? null : modeOf(changes, mode);
    return [{ label: "held", value: what, why: hold, ...HELD }, ...reasonLines({ hold, detail, forbidden }, user)];
  });
}

/** What the mode would say of them once their own reason is gone; null when it would let all of them pass. */
function modeOf(held: readonly Held[], mode: Mode): string | null {
  const [reason] = held.flatMap(({ change }) => forbiddenByMode(change, mode) ?? []);
  return reason?.detail ?? null;
}

/** What the last run held of what a plan for this person alone would let pass. */
export function heldBeforeLines(held: Planned["heldBefore"], user: DirectoryUserId): readonly Line[] {
  const own = held.filter((one) => !isEcho(one));
  return byReason(own).flatMap(([{ hold, detail }]) => [
    ...listed("held", [{ value: "by the last run, beside everybody else's changes", why: hold, ...HELD }]),
    ...reasonLines({ hold, detail, forbidden: null }, user),
  ]);
}

function isEcho({ hold }: { readonly hold: Hold }): boolean {
  return hold === "waits-for-held";
}

type NonEmpty<T> = readonly [T, ...T[]];

function byReason<T extends { readonly detail: string }>(held: readonly T[]): readonly NonEmpty<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const one of held) {
    const group = groups.get(one.detail);
    if (group === undefined) groups.set(one.detail, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

/** Commands as a reason names them. */
const COMMAND = /rosterbridge (?:[a-z]+ [^;]*?"…"|apply --accept-accounts \d+)/g;

interface Told {
  readonly hold: Hold;
  readonly detail: string;
  /** Why nothing would be done even then. */
  readonly forbidden: string | null;
}

function reasonLines({ hold, detail, forbidden }: Told, user: DirectoryUserId): readonly Line[] {
  const { reason, wayOut: told } = splitWayOut(detail);
  const commands = (told ?? detail).match(COMMAND) ?? [];
  const wayOut = commands.length > 0 ? null : WAYS_OUT[hold];
  const apply = `rosterbridge apply --person ${user}`;
  const ways = [wayOut ?? [], forbidden === null ? [] : `${forbidden} ${WAYS_OUT.mode ?? ""}`].flat();
  const mended = ways.length === 0 ? [] : [...ways.slice(0, -1), `${ways.at(-1) ?? ""} Then:`, apply];
  return [reason, ...commands, ...mended].map((value) => ({ label: "", value: `  ${value}` }));
}
