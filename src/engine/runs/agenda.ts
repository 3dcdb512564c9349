import type { Instant } from "../../domain/brand.ts";
import type { DirectoryUserId } from "../../domain/directory.ts";
import type { ConnectorError } from "../../domain/errors.ts";
import { addMs } from "../../domain/instant.ts";
import type { Ambient } from "../../ports/ambient.ts";
import type { WakeReason } from "../../ports/directory-tx.ts";
import type { Lease } from "../../ports/leases.ts";
import type { Store } from "../../ports/store.ts";
import type { Wake } from "../../ports/wakes.ts";
import type { PersonOutcome } from "../apply/people-run.ts";
import type { RunRequest, Whom } from "./run-request.ts";
import { delayAfter, PERSON_BACK_OFF } from "./back-off.ts";

/** So many woken people are taken into one urgent run; the others follow in the next. */
const URGENT_BATCH = 1_000;
/** So many of those who wait for a seat are looked at again whenever somebody is woken. */
const WAITING_BATCH = 200;
/** Wake-ups that one full run may answer. */
const FULL_BATCH = 1_000_000;

/** Who is looked at in one run, and what is forgotten once it has. */
export interface Agenda {
  /** The people of an urgent run: woken, due for another attempt, or waiting for a seat. */
  readonly people: readonly DirectoryUserId[];
  /** Keeps what became of somebody; a failure is written at once, with the time of the next attempt. */
  note(outcome: PersonOutcome): Promise<void>;
  /** Somebody who failed before anything could be planned. */
  fail(user: DirectoryUserId, error: ConnectorError): Promise<void>;
  /** Forgets the wake-ups that were answered. Those who failed, or whom the run did not get to, stay woken. */
  close(wasStopped: boolean): Promise<void>;
}

/** Reads who is to be looked at now. */
export async function openAgenda(
  store: Store,
  ambient: Ambient,
  lease: Lease,
  { lane, only, people: named }: Pick<RunRequest, "lane" | "only" | "people">,
): Promise<Agenda> {
  const now = ambient.clock.now();
  const nextDue = await store.wakes.nextDeferred();
  if (nextDue !== null && nextDue <= now) await store.wakes.wakeDeferred(lease, now);
  const wakes = await store.wakes.due(now, lane === "full" ? FULL_BATCH : URGENT_BATCH, reasonOf(only));
  const people = named ?? (lane === "full" ? [] : await duePeople(store, wakes, now, only));
  const failed = await store.wakes.failures(lane === "full" ? undefined : people);
  const failures = new Map(failed.map((failure) => [failure.user, failure]));
  const answered = named === undefined ? wakes : wakes.filter(({ user }) => named.includes(user));
  const done: DirectoryUserId[] = [];
  const open = new Set<DirectoryUserId>();

  const fail = async (user: DirectoryUserId, error: ConnectorError): Promise<void> => {
    open.add(user);
    const attempts = (failures.get(user)?.attempts ?? 0) + 1;
    const delayMs = delayAfter(attempts, PERSON_BACK_OFF, ambient.random(), error.retryAfterMs);
    const nextAt = addMs(ambient.clock.now(), delayMs);
    await store.wakes.putFailure(lease, { user, attempts, nextAt, code: error.code, message: error.message });
  };

  return {
    people,
    fail,
    async note({ user, state, error }) {
      if (error !== null) await fail(user, error);
      else if (state === "done") done.push(user);
      else open.add(user);
    },
    async close(wasStopped) {
      const nothingToDo = wasStopped ? [] : [...failures.keys()].filter((user) => isCovered(user) && !open.has(user));
      // Somebody may come twice in one plan: done is who has failed neither time.
      const isDone = new Set(done.filter((user) => !open.has(user)));
      await store.wakes.clearFailures(lease, [...new Set([...isDone, ...nothingToDo])]);
      const finished = answered.filter(({ user }) => (wasStopped ? isDone.has(user) : !open.has(user)));
      await store.wakes.clear(lease, finished);
    },
  };

  function isCovered(user: DirectoryUserId): boolean {
    return lane === "full" || people.includes(user);
  }
}

function reasonOf(only: Whom | undefined): WakeReason | undefined {
  return only === undefined ? undefined : only === "leavers" ? "leaver" : "changed";
}

async function duePeople(
  store: Store,
  wakes: readonly Wake[],
  now: Instant,
  only: Whom | undefined,
): Promise<readonly DirectoryUserId[]> {
  // A leaver who failed is still woken as one; whoever failed in a full run need not hurry.
  const failed = only === "leavers" ? [] : await store.wakes.dueFailures(now);
  const retried = failed.map(({ user }) => user);
  const due = [...wakes.map(({ user }) => user), ...retried];
  if (due.length === 0) return [];
  const waiting = (await store.holds.waiting()).slice(0, WAITING_BATCH).map(({ user }) => user);
  return [...new Set([...due, ...waiting])];
}
