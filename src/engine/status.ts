import type { DirectoryId } from "../domain/directory.ts";
import type { Hold, PlanDigest, Waiting } from "../domain/plan.ts";
import { withApprovable } from "../planning/hold-words.ts";
import type { HeldRecord } from "../ports/holds.ts";
import type { RunRecord } from "../ports/journal.ts";
import type { StagedCounts } from "../ports/records.ts";
import type { Store } from "../ports/store.ts";
import type { Failure } from "../ports/wakes.ts";
import { approvableDigest } from "./limits/approvable.ts";
import type { AlertOffice, OpenAlert } from "./alerts/alerts.ts";
import { LISTED_BY_STATUS, type Health, type HealthReport } from "./health.ts";

/** Held changes that are read to be put in groups. */
const HELD_READ = 10_000;
const LABELS_PER_GROUP = 10;
const RUNS_SHOWN = 10;

/** Held changes with one reason, and whom they concern. */
export interface HeldGroup {
  readonly hold: Hold;
  /** The same sentence for everybody: where it names the person to release, it says `<e-mail>`. */
  readonly detail: string;
  readonly changes: number;
  readonly people: number;
  /** E-mails of the first ten. */
  readonly labels: readonly string[];
}

/** Somebody whose last attempt failed; `label` is their e-mail, else the userName, else the id. */
export interface FailingPerson extends Failure {
  readonly label: string;
}

/** What `status` shows: health, what is staged, linked, waiting, held and failing, and the last runs. */
export interface Status {
  readonly health: HealthReport;
  readonly store: { readonly driver: string; readonly version: string; readonly location: string };
  readonly mappingVersion: number | null;
  readonly staged: readonly StagedCounts[];
  readonly linked: number;
  readonly wakes: number;
  readonly held: { readonly total: number; readonly groups: readonly HeldGroup[] };
  /** What waits for its time alone (`leavers.bookings.delay`). */
  readonly delayed: { readonly total: number; readonly groups: readonly HeldGroup[] };
  readonly waiting: readonly Waiting[];
  readonly failing: readonly FailingPerson[];
  /** What somebody was told of and is not over, as the daemon last saw it. */
  readonly alerts: readonly OpenAlert[];
  readonly runs: readonly RunRecord[];
}

/** Gathers it from the store; asks the product nothing. Directories that never pushed are shown with zeros. */
export async function readStatus(
  store: Store,
  health: Health,
  office: AlertOffice,
  directories: readonly DirectoryId[],
): Promise<Status> {
  const [report, counts, links, wakes, held, delayed, waiting, failing, alerts, runs, mapping, digest] =
    await Promise.all([
      health.report(),
      store.evidence.stagedCounts(),
      store.links.count(),
      store.wakes.count(),
      store.holds.held(HELD_READ),
      store.holds.delayed(HELD_READ),
      store.holds.waiting(),
      store.wakes.failures(),
      office.open(),
      store.journal.runs(RUNS_SHOWN),
      store.mappings.current(),
      approvableDigest(store),
    ]);
  const mappingVersion = mapping?.version ?? null;
  return {
    health: besideLists(report),
    store: store.describe(),
    mappingVersion,
    staged: stagedIn(directories, counts),
    linked: links.all,
    wakes,
    held: { total: held.total, groups: groupHeld(held.items.map((one) => asApprovable(one, digest))) },
    delayed: { total: delayed.total, groups: groupHeld(delayed.items) },
    waiting,
    failing: await withLabels(store, failing),
    alerts,
    runs,
  };
}

/** As `status` tells it, which does not send people to itself. */
function besideLists({ status, components }: HealthReport): HealthReport {
  const reworded = components.map((component) => ({
    ...component,
    detail: component.detail.replace(LISTED_BY_STATUS, "listed below."),
  }));
  return { status, components: reworded };
}

/** The counts of these directories; one that never pushed has zeros. */
export function stagedIn(
  directories: readonly DirectoryId[],
  counts: readonly StagedCounts[],
): readonly StagedCounts[] {
  const zero = { active: 0, inactive: 0, deleted: 0, lastPushAt: null };
  return directories.map(
    (directory) => counts.find((count) => count.directory === directory) ?? { directory, ...zero },
  );
}

function asApprovable(one: HeldRecord, digest: PlanDigest | null): HeldRecord {
  return { ...one, detail: withApprovable(one.detail, digest) };
}

async function withLabels(store: Store, failing: readonly Failure[]): Promise<readonly FailingPerson[]> {
  if (failing.length === 0) return [];
  const workspace = await store.openWorkspace();
  try {
    const people = await workspace.peopleById(failing.map(({ user }) => user));
    const labels = new Map(
      people.map(({ person: { user }, link }) => [user.id, link?.applied?.email ?? user.userName]),
    );
    return failing.map((failure) => ({ ...failure, label: labels.get(failure.user) ?? failure.user }));
  } finally {
    await workspace.close();
  }
}

/** Puts together what is held for the same reason; the reason that concerns most people first. */
export function groupHeld(items: readonly HeldRecord[]): readonly HeldGroup[] {
  const groups = new Map<string, HeldRecord[]>();
  for (const item of items) {
    const key = `${item.hold} ${commonDetail(item.detail)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()].flatMap(toGroup).sort((one, other) => other.people - one.people);
}

function toGroup(records: readonly HeldRecord[]): readonly HeldGroup[] {
  const people = new Map(records.map(({ user, label }) => [user, label]));
  const labels = [...people.values()].slice(0, LABELS_PER_GROUP);
  return records.slice(0, 1).map(({ hold, detail }) => ({
    hold,
    detail: commonDetail(detail),
    changes: records.length,
    people: people.size,
    labels,
  }));
}

function commonDetail(detail: string): string {
  return detail
    .replace("this person alone: rosterbridge release", "one person alone: rosterbridge release")
    .replace(/rosterbridge release \S+ --reason/, "rosterbridge release <e-mail> --reason");
}
