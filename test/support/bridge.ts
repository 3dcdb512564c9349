import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecutionContext } from "ava";
import type { ServiceSettings } from "../../src/runtime/bootstrap.ts";
import { NO_METRICS } from "../../src/runtime/ambient.ts";
import { createServices } from "../../src/runtime/bootstrap.ts";
import type { ObservedAccount, Seat } from "../../src/domain/account.ts";
import type { DirectoryId, DirectoryUser } from "../../src/domain/directory.ts";
import type { JsonObject } from "../../src/domain/json.ts";
import type { LimitName, Limits, PersonPlan, PlanSummary } from "../../src/domain/plan.ts";
import {
  DEFAULT_LIMITS,
  REPAIR_EVERYTHING,
  type DriftPolicy,
  type LeaverPolicy,
  type Mode,
} from "../../src/domain/policy.ts";
import type { PlanScope } from "../../src/engine/plan/make-plan.ts";
import type { RunReport } from "../../src/engine/runs/run-report.ts";
import type { RunRequest } from "../../src/engine/runs/run-request.ts";
import type { Services } from "../../src/engine/services.ts";
import { parseMapping } from "../../src/mapping/rules.ts";
import type { Ambient, Clock, Log } from "../../src/ports/ambient.ts";
import type { Connector } from "../../src/ports/connector.ts";
import type { Metrics } from "../../src/ports/metrics.ts";
import type { Store } from "../../src/ports/store.ts";
import { parsePatch } from "../../src/scim/parse-patch.ts";
import { parseUser } from "../../src/scim/user.ts";
import { openStore } from "../../src/store/open-store.ts";
import { createInMemoryConnector, type InMemoryOptions, type InMemoryProduct } from "./in-memory-connector.ts";
import { createLife, type Life } from "./mortal.ts";
import { NO_GRACE } from "./plan-builders.ts";
import { ENTERPRISE_URN, USER_URN } from "./scim-users.ts";
import { createTestClock, type TestClock } from "./test-clock.ts";

export const ACME = "acme" as DirectoryId;
export const GLOBEX = "globex" as DirectoryId;
const PATCH_URN = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/** Departments fill groups of their own name; a contractor has no seat; everybody else a standard one. */
export const MAPPING: JsonObject = {
  groups: {
    rules: [
      {
        attribute: `${ENTERPRISE_URN}:department`,
        values: { Sales: "Sales", Support: "Support" },
        unmapped: "ignore",
      },
      { when: 'title co "Manager"', group: "Managers" },
    ],
  },
  seats: { rules: [{ when: 'userType eq "Contractor"', seat: null }], default: "standard" },
};

/** What a test sets up differently. */
export interface BridgeOptions {
  readonly product?: InMemoryOptions;
  /** A product that is there already, such as that of another bridge. */
  readonly on?: InMemoryProduct;
  /** Puts something between the bridge and its product. */
  readonly around?: (connector: Connector) => Connector;
  /** `product.seats` of the configuration. */
  readonly seats?: ReadonlyMap<Seat, number>;
  readonly clock?: Clock;
  readonly mode?: Mode;
  readonly limits?: Partial<Limits>;
  readonly leavers?: LeaverPolicy;
  readonly protected?: readonly string[];
  readonly drift?: Partial<DriftPolicy>;
  readonly mapping?: JsonObject;
  readonly mappingSource?: "store" | "file";
  /** Directory ids with their verified domains; `acme` on any domain unless told. */
  readonly directories?: Readonly<Record<string, readonly string[]>>;
  /** Stands between the use cases and the store. */
  readonly wrap?: (store: Store) => Store;
  /** Counts what is done; nothing is counted unless told. */
  readonly metrics?: Metrics;
}

/** One line of the log, as it was written. */
export interface LogLine {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly event: string;
  readonly fields: JsonObject;
  readonly error?: unknown;
}

/** A bridge without its edges: a real store, a product in memory, and the use cases as a process has them. */
export interface TestBridge {
  readonly store: Store;
  readonly product: InMemoryProduct;
  readonly ambient: Ambient;
  readonly clock: TestClock;
  readonly log: readonly LogLine[];
  readonly staged: readonly string[];
  /** Those of the process that runs now. */
  services(): Services;
  /** Of the process that runs now; its steps are the calls that write, to the store and to the product. */
  life(): Life;
  /** The process is killed and started anew: what the old one was at is neither finished nor told. */
  restart(settings?: Partial<ServiceSettings>): Services;
  readonly settings: ServiceSettings;
}

/** Meetings are cancelled, accounts deactivated. */
export const LEAVERS: LeaverPolicy = {
  action: "deactivate",
  bookings: { action: "cancel", reason: "Your host has left.", onFailure: "deactivate", ...NO_GRACE },
};

/** Limits that let everything pass. */
export const NO_LIMITS: Limits = Object.fromEntries(
  Object.keys(DEFAULT_LIMITS).map((name) => [name, { floor: 100_000, max: 100_000, percent: null }]),
) as Record<LimitName, Limits[LimitName]>;

/** What stops a run; never aborted. */
export const NEVER = new AbortController().signal;

/** Opens a bridge over a temporary folder that is gone when the test ends. */
export async function openTestBridge(t: ExecutionContext, options: BridgeOptions = {}): Promise<TestBridge> {
  const { bridge, close } = await createTestBridge(options);
  t.teardown(close);
  return bridge;
}

/** The same for properties, which open many within one test. */
export async function createTestBridge(
  options: BridgeOptions = {},
): Promise<{ readonly bridge: TestBridge; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "bridge-"));
  const product = options.on ?? createInMemoryConnector(options.product);
  const log: LogLine[] = [];
  const staged: string[] = [];
  const ambient = anAmbient(options.clock ?? createTestClock(), log, options.metrics);
  const opened = await openStore({ filename: join(folder, "bridge.db"), ambient });
  const store = options.wrap?.(opened) ?? opened;
  const settings = toSettings(options);
  let life = createLife();
  const start = (parts: Partial<ServiceSettings> = {}): Services => {
    const own = life.bind("store", store, (call) => !READS.test(call));
    const connector = life.bind(
      "product",
      options.around?.(product.connector) ?? product.connector,
      (call) => call === "product.apply",
    );
    return createServices({ ...settings, ...parts }, ambient, own, connector, (reason) => void staged.push(reason));
  };
  let services = start();
  const bridge: TestBridge = {
    store,
    product,
    ambient,
    clock: ambient.clock as TestClock,
    log,
    staged,
    settings,
    services: () => services,
    life: () => life,
    restart(parts) {
      life.kill();
      life = createLife();
      services = start(parts);
      return services;
    },
  };
  return {
    bridge,
    async close() {
      await opened.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Calls that only read, or that a killed process makes in vain. */
const READS =
  /\.(read|get|list|find|history|count|due|failures|nextDeferred|deferred|runs|runsBefore|lastEnd|entries|entriesAfter|groupSizes|page|spentSince|held|delayed|heldByReason|heldOf|waiting|current|describe|findPlan|newestPlan|overLimitKeys|heldPeople|findPeople|userNames|auditOf|proofs|stagedCounts|lastObserved|openApprovals|givenApprovals|openReleases|openWorkspace|auditRows|checkAudit|findRuns|entriesOf|hasOpenCreates|offboardedSince|namesOf|standing|probe|close|release)$/;

/** Ids count up, delays are always the middle of their spread, and the log is kept. */
export function anAmbient(clock: Clock, lines: LogLine[] = [], metrics: Metrics = NO_METRICS): Ambient {
  let ids = 0;
  const write =
    (level: LogLine["level"]): Log["error"] =>
    (event, fields = {}, error) => {
      lines.push({ level, event, fields: { ...fields }, ...(error === undefined ? {} : { error }) });
    };
  return {
    clock,
    newId: () => `00000000-0000-4000-8000-${String(++ids).padStart(12, "0")}`,
    random: () => 0.5,
    log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
    metrics,
  };
}

function toSettings(options: BridgeOptions): ServiceSettings {
  return {
    directories: Object.entries(options.directories ?? { [ACME]: ["*"] }).map(([id, verifiedDomains]) => ({
      id: id as DirectoryId,
      name: id,
      kind: "generic",
      verifiedDomains,
    })),
    product: { seats: options.seats ?? null },
    mapping: { source: options.mappingSource ?? "store", initial: parseMapping(options.mapping ?? MAPPING) },
    policy: {
      mode: options.mode ?? "full",
      leavers: options.leavers ?? LEAVERS,
      limits: { ...NO_LIMITS, ...options.limits },
      protected: { accounts: new Set(options.protected ?? []), minOwners: 1 },
      drift: { ...REPAIR_EVERYTHING, ...options.drift },
    },
  };
}

/** A person as an IdP sends them; `department` and `manager` go to the enterprise extension. */
export function aPerson(userName: string, { department, ...parts }: JsonObject = {}): JsonObject {
  return {
    schemas: [USER_URN],
    userName,
    displayName: userName.split("@")[0] ?? userName,
    emails: [{ value: userName, type: "work", primary: true }],
    ...parts,
    ...(department === undefined ? {} : { [ENTERPRISE_URN]: { department } }),
  };
}

export const origin = (directory: DirectoryId = ACME) => ({ directory, actor: "token:test" });

/** Without memberships. */
export const PLAIN = { withMemberships: false };

/** POST. */
export async function hire(
  bridge: TestBridge,
  userName: string,
  parts: JsonObject = {},
  directory: DirectoryId = ACME,
): Promise<DirectoryUser> {
  const draft = parseUser(aPerson(userName, parts));
  return (await bridge.services().provisioning.createUser(origin(directory), draft, PLAIN)).user;
}

/** PUT. */
export async function replace(
  bridge: TestBridge,
  id: string,
  userName: string,
  parts: JsonObject = {},
): Promise<DirectoryUser> {
  const draft = parseUser(aPerson(userName, parts));
  return (await bridge.services().provisioning.replaceUser(origin(), id, draft, null, PLAIN)).user;
}

/** PATCH without a path, as Okta sends it. */
export async function patch(
  bridge: TestBridge,
  id: string,
  value: JsonObject,
  directory: DirectoryId = ACME,
): Promise<DirectoryUser> {
  const operations = parsePatch({ schemas: [PATCH_URN], Operations: [{ op: "replace", value }] });
  return (await bridge.services().provisioning.patchUser(origin(directory), id, operations, null, PLAIN)).user;
}

/** DELETE. */
export function remove(bridge: TestBridge, id: string, directory: DirectoryId = ACME): Promise<void> {
  return bridge.services().provisioning.deleteUser(origin(directory), id, null);
}

/** The next version of the mapping, as an admin saves it; its tag is returned. */
export async function saveMapping(bridge: TestBridge, document: JsonObject): Promise<string> {
  const edit = { author: "admin", reason: "trial", expected: null, takesOver: true };
  return (await bridge.services().mappingEdits.save(document, edit)).saved.tag;
}

/** A run for everybody. */
export async function runFull(bridge: TestBridge, parts: Partial<RunRequest> = {}): Promise<RunReport> {
  const report = await bridge.services().reconciler.run({ lane: "full", trigger: "schedule", stop: NEVER, ...parts });
  if (report === null) throw new Error("The run was declined.");
  return report;
}

/** A run for those who were woken; null when nobody was. */
export function runUrgent(bridge: TestBridge, parts: Partial<RunRequest> = {}): Promise<RunReport | null> {
  return bridge.services().reconciler.run({ lane: "urgent", trigger: "push", stop: NEVER, ...parts });
}

/** A dry run, with its people. */
export function dryRun(
  bridge: TestBridge,
  scope: PlanScope = { of: "everybody" },
): Promise<{ readonly summary: PlanSummary; readonly people: readonly PersonPlan[] }> {
  return bridge.services().reconciler.plan(scope, NEVER, async (plan) => ({
    summary: plan.summary,
    people: await Array.fromAsync(plan.people()),
  }));
}

/** The account with this e-mail as the product holds it. */
export function accountOf({ product }: Pick<TestBridge, "product">, email: string): ObservedAccount | undefined {
  return product.state.byEmail(email);
}

/** Everything that the product holds of people, by e-mail: what two histories must agree upon. */
export function snapshot({ product: { state } }: Pick<TestBridge, "product">): JsonObject {
  const names = new Map([...state.groups.values()].map(({ id, name }) => [id, name]));
  const accounts = [...state.accounts.values()].map(({ profile, status, seat, groups, role }) => [
    profile.email,
    { ...profile, status, seat, role, groups: groups.map((id) => names.get(id) ?? id).sort() },
  ]);
  const bookings = [...state.bookings.values()].map(({ id, cancelled }) => [id, cancelled]);
  return {
    accounts: Object.fromEntries(accounts.sort()) as JsonObject,
    bookings: Object.fromEntries(bookings) as JsonObject,
    groups: [...names.values()].sort(),
    mails: state.mails.map(({ booking }) => booking).sort(),
  };
}

/** A meeting with one guest, so many hours from the clock's time. */
export function book({ product, clock }: Pick<TestBridge, "product" | "clock">, email: string, hours = 24): string {
  const account = product.state.byEmail(email);
  if (account === undefined) throw new Error(`Nobody has the e-mail ${email}.`);
  const start = Date.parse(clock.now()) + hours * 3_600_000;
  const at = (ms: number): string => new Date(start + ms).toISOString();
  return product.state.addBooking({ account: account.id, startsAt: at(0), endsAt: at(1_800_000) });
}
