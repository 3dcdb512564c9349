import type { AlertTarget, Condition, Notice } from "../../domain/alert.ts";
import type { Instant } from "../../domain/brand.ts";
import { msBetween } from "../../domain/instant.ts";
import type { NewId } from "../../ports/ambient.ts";
import type { AlertChanges, AlertState } from "../../ports/alerts.ts";
import { isSilenceOf } from "./silence-conditions.ts";

/** What still grows is told once it has stopped for so long, or once it has lasted for `GROWS_FOR_MS`. */
const CALM_MS = 10_000;
const GROWS_FOR_MS = 60_000;
/** A condition is over once it has been clear for so long: one that comes and goes is told once. */
const CLEAR_MS = 60_000;
/** What has got worse is told again at most so often. */
const AGAIN_AFTER_MS = 60 * 60_000;
/** Worse: at least twice as much as when it was told, and at least so many more. */
const WORSE_BY = 5;
/** Something else altogether, told as soon as it has stopped growing: so many times as much, and so many more. */
const ANOTHER_SCALE = { times: 10, by: 50 };

/** A webhook by its id, and what it asked for. */
export interface Subscriber extends Pick<AlertTarget, "on" | "silentAfterMs"> {
  readonly id: string;
}

/** One look: what holds now, what is known from before, and who listens. */
export interface Look {
  readonly now: Instant;
  readonly conditions: readonly Condition[];
  readonly states: readonly AlertState[];
  readonly subscribers: readonly Subscriber[];
  readonly newId: NewId;
}

/** What follows from a look. `events`: what is told, whether or not any webhook listens. */
export interface Review extends AlertChanges {
  readonly events: readonly Pick<Notice, "event" | "key" | "again" | "counts">[];
}

/**
 * Decides what is told to whom: each condition once when it begins, again when it has got a lot worse, and once when it
 * is over. Pure but for the ids of notices; `put` and `remove` are empty when there is nothing new to keep.
 */
export function reviewAlerts(look: Look): Review {
  const known = new Map(look.states.map((state) => [state.condition.key, state]));
  const holding = new Set(look.conditions.map(({ key }) => key));
  const steps = [
    ...look.conditions.map((condition) => seen(look, condition, known.get(condition.key))),
    ...look.states.filter(({ condition }) => !holding.has(condition.key)).map((state) => unseen(look, state)),
  ];
  return {
    put: steps.flatMap(({ state }) => (state === null || isKnown(state, known) ? [] : [state])),
    remove: steps.flatMap(({ state, key }) => (state === null ? [key] : [])),
    notices: steps.flatMap(({ notices }) => notices),
    events: steps.flatMap(({ event }) => event ?? []),
  };
}

interface Step {
  readonly key: string;
  /** Null: it is over, and forgotten. */
  readonly state: AlertState | null;
  readonly notices: AlertChanges["notices"];
  readonly event: Review["events"][number] | null;
}

function isKnown(state: AlertState, known: ReadonlyMap<string, AlertState>): boolean {
  return JSON.stringify(state) === JSON.stringify(known.get(state.condition.key));
}

/** Whether so long has passed. A clock that was set back must not make anything wait for ever. */
function hasPassed(since: Instant, now: Instant, ms: number): boolean {
  return Math.abs(msBetween(since, now)) >= ms;
}

function seen(look: Look, condition: Condition, before: AlertState | undefined): Step {
  const { now } = look;
  const grew = before === undefined || condition.size > before.condition.size;
  const state: AlertState = {
    condition,
    since: before?.since ?? now,
    grewAt: grew ? now : before.grewAt,
    raised: before?.raised ?? null,
    clearSince: null,
  };
  const { raised } = state;
  if (raised === null) return isReady(state, now) ? raise(look, state, null) : quiet(state);
  if (isWorse(state, raised, now)) return raise(look, state, raised);
  return tellNewcomers(look, { ...state, raised: { ...raised, size: Math.min(raised.size, condition.size) } });
}

function quiet(state: AlertState): Step {
  return { key: state.condition.key, state, notices: [], event: null };
}

function isReady({ condition: { lastsMs }, since, grewAt }: AlertState, now: Instant): boolean {
  if (!hasPassed(since, now, lastsMs)) return false;
  return lastsMs === 0 || hasPassed(grewAt, now, CALM_MS) || hasPassed(since, now, GROWS_FOR_MS);
}

type Raised = NonNullable<AlertState["raised"]>;

function isWorse({ condition, grewAt }: AlertState, told: Raised, now: Instant): boolean {
  const { size, stage, severity } = condition;
  if (stage > told.stage || (severity === "critical" && told.severity === "warning")) return true;
  const isOther = size >= ANOTHER_SCALE.times * told.size && size >= told.size + ANOTHER_SCALE.by;
  if (isOther && hasPassed(grewAt, now, CALM_MS)) return true;
  return size >= 2 * told.size && size >= told.size + WORSE_BY && hasPassed(told.toldAt, now, AGAIN_AFTER_MS);
}

function listeners({ subscribers }: Look, { topic, key }: Condition): readonly string[] {
  const isFor = ({ on, silentAfterMs }: Subscriber): boolean =>
    on.includes(topic) && (topic !== "silent-idp" || isSilenceOf(key, silentAfterMs));
  return subscribers.filter(isFor).map(({ id }) => id);
}

function raise(look: Look, state: AlertState, before: Raised | null): Step {
  const { now } = look;
  const { condition } = state;
  const to = listeners(look, condition);
  const again = before !== null;
  const raised: Raised = {
    at: before?.at ?? now,
    toldAt: now,
    size: condition.size,
    stage: condition.stage,
    severity: condition.severity,
    to,
  };
  return {
    key: condition.key,
    state: { ...state, raised },
    notices: notify(look, state, to, { event: "raised", again }),
    event: { event: "raised", key: condition.key, again, counts: condition.counts },
  };
}

/** A webhook that was added to the configuration hears of what is open already. */
function tellNewcomers(look: Look, state: AlertState): Step {
  const { raised } = state;
  const wanted = listeners(look, state.condition);
  const newcomers = wanted.filter((id) => raised?.to.includes(id) === false);
  if (raised === null || newcomers.length === 0) return quiet(state);
  return {
    key: state.condition.key,
    state: { ...state, raised: { ...raised, to: [...raised.to, ...newcomers] } },
    notices: notify(look, state, newcomers, { event: "raised", again: false }),
    event: null,
  };
}

function unseen(look: Look, before: AlertState): Step {
  const { key } = before.condition;
  if (before.raised === null) return { key, state: null, notices: [], event: null };
  const state = { ...before, clearSince: before.clearSince ?? look.now };
  if (!hasPassed(state.clearSince, look.now, CLEAR_MS)) return quiet(state);
  const present = new Set(look.subscribers.map(({ id }) => id));
  const to = before.raised.to.filter((id) => present.has(id));
  const notices = notify(look, state, to, { event: "cleared", again: false });
  return { key, state: null, notices, event: { event: "cleared", key, again: false, counts: {} } };
}

function notify(
  { now, newId }: Look,
  { condition, since, clearSince }: AlertState,
  to: readonly string[],
  { event, again }: Pick<Notice, "event" | "again">,
): AlertChanges["notices"] {
  const { key, topic, severity, title, counts } = condition;
  const text = event === "cleared" ? `It began at ${since} and is over since ${clearSince ?? now}.` : condition.text;
  const notice = { event, key, topic, severity, title, text, counts, again, since, at: now };
  return to.map((webhook) => ({ webhook, notice: { id: newId(), ...notice } }));
}
