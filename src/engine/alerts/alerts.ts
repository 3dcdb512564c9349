import { createHash } from "node:crypto";
import { SILENT_AFTER_MS, type AlertTarget, type Condition, type Notice } from "../../domain/alert.ts";
import type { Instant } from "../../domain/brand.ts";
import type { DirectoryId } from "../../domain/directory.ts";
import { addMs } from "../../domain/instant.ts";
import type { Ambient } from "../../ports/ambient.ts";
import type { AlertState, QueuedNotice } from "../../ports/alerts.ts";
import type { Delivery, Notifier } from "../../ports/notifier.ts";
import type { Store } from "../../ports/store.ts";
import { conditionsOf } from "./alert-conditions.ts";
import { gatherFacts } from "./alert-facts.ts";
import { reviewAlerts, type Review, type Subscriber } from "./alert-review.ts";
import { delayAfter, type BackOff } from "../runs/back-off.ts";
import type { Circuit } from "../runs/breaker.ts";
import type { ProductContact } from "../runs/product-contact.ts";

/** For a webhook that does not take a notice: 10 s, doubling, at most 15 min, for a day. */
const NOTICE_BACK_OFF: BackOff = { firstMs: 10_000, capMs: 15 * 60_000 };
const GIVEN_UP_AFTER_MS = 24 * 60 * 60_000;
/** Longer than any attempt: by then, whoever claimed a notice and did not say what became of it was killed. */
const CLAIM_MS = 60_000;
/** So many in one go; the others follow with the next. */
const PER_DELIVERY = 20;

/** An alert that was raised and is not over. */
export interface OpenAlert extends Omit<Condition, "size" | "stage" | "lastsMs"> {
  readonly since: Instant;
  readonly raisedAt: Instant;
}

/** What became of a trial: the webhook as it may be shown, and whether it took the notice. */
export type Trial = Delivery & { readonly webhook: string };

/** Tells people of what needs them: each condition once, and once when it is over. */
export interface AlertOffice {
  /** Raised and not over, the oldest first. */
  open(): Promise<readonly OpenAlert[]>;
  /** Looks at what is the matter, and queues what is to be told. Does nothing when another process just did. */
  review(): Promise<void>;
  /** Sends what is queued and due, to all webhooks at once. Failures are put off, never thrown; the store's are. */
  deliver(signal: AbortSignal): Promise<void>;
  /** Sends a notice that is marked as a trial to each webhook, in the order of the configuration, and keeps nothing of it. */
  tryOut(signal: AbortSignal): Promise<readonly Trial[]>;
  /** By which address the bridge is known in notices from now on. */
  isAt(publicUrl: string): void;
}

/** What the office works with. */
export interface AlertOfficeDeps {
  readonly store: Store;
  readonly ambient: Ambient;
  readonly contact: ProductContact;
  readonly circuit: Circuit;
  readonly notifier: Notifier;
  readonly targets: readonly AlertTarget[];
  readonly directories: readonly DirectoryId[];
  /** Null: not known yet. */
  readonly publicUrl: string | null;
}

/** Makes the use cases over the store's alerts. */
export function createAlertOffice(deps: AlertOfficeDeps): AlertOffice {
  const { store, ambient, contact, circuit, notifier, targets, directories } = deps;
  const { clock } = ambient;
  const subscribers = targets.map(toSubscriber);
  const silences = [...new Set(targets.length === 0 ? [SILENT_AFTER_MS] : targets.map((one) => one.silentAfterMs))];
  let { publicUrl } = deps;
  const send = (webhook: string, notice: Notice, signal: AbortSignal): Promise<Delivery> =>
    notifier.send(webhook, notice, publicUrl, signal);

  return {
    isAt: (url) => void (publicUrl = url),
    async open() {
      const { states } = await store.alerts.list();
      return states.flatMap(toOpenAlert);
    },
    async review() {
      const conditions = conditionsOf(await gatherFacts({ store, contact, circuit, clock, directories, silences }));
      const { revision, states } = await store.alerts.list();
      const now = clock.now();
      const review = reviewAlerts({ now, conditions, states, subscribers, newId: ambient.newId });
      const isNew = review.put.length + review.remove.length > 0;
      if (isNew && (await store.alerts.save(revision, review))) logReview(ambient, review);
    },
    async deliver(signal) {
      for (const { notice, attempts } of await store.alerts.giveUp(addMs(clock.now(), -GIVEN_UP_AFTER_MS))) {
        const { event, key } = notice;
        ambient.log.error("alert.not-delivered", { key, told: event, attempts, isGivenUp: true });
      }
      await Promise.all(targets.map((target) => deliverTo(deps, target.webhook, send, signal)));
    },
    tryOut: (signal) =>
      Promise.all(
        targets.map(async ({ webhook }) => {
          const delivery = await send(webhook, trialNotice(ambient), signal);
          return { webhook: notifier.nameOf(webhook), ...delivery };
        }),
      ),
  };
}

/** A webhook is known by this, and not by its address, wherever it is kept. */
function webhookId(webhook: string): string {
  return createHash("sha256").update(`webhook:${webhook}`).digest("hex").slice(0, 16);
}

function toSubscriber({ webhook, on, silentAfterMs }: AlertTarget): Subscriber {
  return { id: webhookId(webhook), on, silentAfterMs };
}

function toOpenAlert({ condition, since, raised }: AlertState): readonly OpenAlert[] {
  const { key, topic, severity, title, text, counts } = condition;
  return raised === null ? [] : [{ key, topic, severity, title, text, counts, since, raisedAt: raised.at }];
}

function logReview({ log }: Ambient, { events }: Review): void {
  for (const { event, key, again, counts } of events) {
    if (event === "raised") log.warn("alert.raised", { key, again, ...counts });
    else log.info("alert.cleared", { key });
  }
}

function trialNotice({ clock, newId }: Ambient): Notice {
  const at = clock.now();
  return {
    id: newId(),
    event: "test",
    key: "test",
    topic: "test",
    severity: "warning",
    title: "This is a test",
    text: "Nothing is wrong: somebody ran `rosterbridge alerts test`, to see whether alerts arrive here.",
    counts: {},
    again: false,
    since: at,
    at,
  };
}

type Send = (webhook: string, notice: Notice, signal: AbortSignal) => Promise<Delivery>;

/** In order: a notice that is not taken keeps those behind it waiting, so that nothing is over before it has begun. */
async function deliverTo(deps: AlertOfficeDeps, webhook: string, send: Send, signal: AbortSignal): Promise<void> {
  const { store, ambient } = deps;
  const id = webhookId(webhook);
  for (let sent = 0; sent < PER_DELIVERY && !signal.aborted; sent += 1) {
    const now = ambient.clock.now();
    const queued = await store.alerts.claim(id, now, addMs(now, CLAIM_MS));
    if (queued === undefined) return;
    const delivery = await send(webhook, queued.notice, signal);
    if (!delivery.delivered) return putOff(deps, webhook, queued, delivery.reason, signal);
    await store.alerts.delivered(queued.sequence);
    const { key, event } = queued.notice;
    ambient.log.debug("alert.delivered", { key, told: event, webhook: deps.notifier.nameOf(webhook) });
  }
}

async function putOff(
  { store, ambient, notifier }: AlertOfficeDeps,
  webhook: string,
  { sequence, notice, attempts }: QueuedNotice,
  reason: string,
  signal: AbortSignal,
): Promise<void> {
  const now = ambient.clock.now();
  // Cut off by a stop, not refused: the next process tries at once.
  if (signal.aborted) return store.alerts.postpone(sequence, attempts, now);
  const delayMs = delayAfter(attempts + 1, NOTICE_BACK_OFF, ambient.random());
  await store.alerts.postpone(sequence, attempts + 1, addMs(now, delayMs));
  const { key, event } = notice;
  const fields = { key, told: event, attempts: attempts + 1, delayMs, reason, webhook: notifier.nameOf(webhook) };
  ambient.log.warn("alert.not-delivered", fields);
}
