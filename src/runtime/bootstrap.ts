import { publicUrlFor, type Config } from "../config/config.ts";
import type { DirectoryId } from "../domain/directory.ts";
import { DEFAULT_RETENTION } from "../domain/retention.ts";
import { createExplain } from "../engine/explain/explain.ts";
import { createAlertOffice } from "../engine/alerts/alerts.ts";
import { createCircuit } from "../engine/runs/breaker.ts";
import { createAuditLog } from "../engine/audit.ts";
import { createForgetting } from "../engine/forget/forget.ts";
import { createGroupProvisioning } from "../engine/staging/group-provisioning.ts";
import { createImports } from "../engine/import/import.ts";
import { createHealth } from "../engine/health.ts";
import { createLeaseKeeper, type LeaseKeeper } from "../engine/runs/lease-keeper.ts";
import { createLeaverProofs } from "../engine/leaver-proofs.ts";
import { readMeasures } from "../engine/measures.ts";
import { createMappingEdits, type MappingEdits } from "../engine/mapping/mapping-edits.ts";
import { previewMapping, type PreviewDeps } from "../engine/mapping/preview.ts";
import { createMappingVersions } from "../engine/mapping-versions.ts";
import { createPeople } from "../engine/people/people.ts";
import { createProductView } from "../engine/product/create-product-view.ts";
import { createPermissions } from "../engine/limits/permissions.ts";
import { createProductContact } from "../engine/runs/product-contact.ts";
import { createRetention } from "../engine/retention.ts";
import { createProvisioning } from "../engine/staging/provisioning.ts";
import { createResumption } from "../engine/resumption.ts";
import { createBackgroundRuns } from "../engine/runs/background-runs.ts";
import { createReconciler } from "../engine/runs/reconcile.ts";
import { createRunHistory } from "../engine/runs/run-history.ts";
import { createSeatMemory } from "../engine/plan/seat-memory.ts";
import { createSearch } from "../engine/staging/search.ts";
import type { Services } from "../engine/services.ts";
import { readStatus } from "../engine/status.ts";
import { createTokenOffice } from "../engine/tokens.ts";
import { createTurns } from "../engine/apply/turns.ts";
import { createWebhookNotifier } from "../notify/webhook.ts";
import type { Ambient } from "../ports/ambient.ts";
import type { Connector } from "../ports/connector.ts";
import type { WakeReason } from "../ports/directory-tx.ts";
import type { Store } from "../ports/store.ts";
import { openStore } from "../store/open-store.ts";
import { createConnector, type ProductOptions } from "./connectors.ts";
import { createHolder } from "./holder.ts";

/** All objects of one process, ready for use. */
export interface Bridge {
  readonly config: Config<ProductOptions>;
  readonly ambient: Ambient;
  readonly services: Services;
  readonly store: Store;
  /** Closes everything in the reverse order of opening. */
  close(): Promise<void>;
}

/** Builds everything from the configuration. `onStaged` hears of each push, after its commit. */
export async function openBridge(
  config: Config<ProductOptions>,
  ambient: Ambient,
  onStaged: (reason: WakeReason) => void = () => undefined,
): Promise<Bridge> {
  const connector = createConnector(config, ambient);
  const store = await openStore({ filename: config.database.filename, ambient });
  const { driver, version } = store.describe();
  ambient.log.debug("store.opened", { driver, version });
  return {
    config,
    ambient,
    store,
    services: createServices(config, ambient, store, connector, onStaged),
    async close() {
      await connector.close();
      await store.close();
    },
  };
}

/** The settings that the use cases depend on. */
export type ServiceSettings = Pick<Config<unknown>, "directories" | "mapping" | "policy"> &
  Partial<Pick<Config<unknown>, "alerts" | "server" | "retention">> & {
    readonly product?: Pick<Config<unknown>["product"], "seats">;
  };

/** All use cases over one store and one product. Every call is another applier: it has a lease holder of its own. */
export function createServices(
  config: ServiceSettings,
  ambient: Ambient,
  store: Store,
  product: Connector,
  onStaged: (reason: WakeReason) => void,
): Services {
  const { clock } = ambient;
  const domains = domainsOf(config);
  const directories = [...domains.keys()];
  const contact = createProductContact(clock);
  const connector = contact.watch(product);
  const leaseKeeper = keepLease(store, ambient, connector.name);
  const mappings = createMappingVersions(store.mappings, clock, config.mapping);
  const circuit = createCircuit(clock, ambient.random);
  const health = createHealth(store, contact, clock, circuit);
  const alerts = createAlertOffice({
    store,
    ambient,
    contact,
    circuit,
    directories,
    notifier: createWebhookNotifier(),
    targets: config.alerts ?? [],
    publicUrl: config.server === undefined ? null : knownUrl(config.server),
  });
  const staging = { store, ambient, mappings, onStaged };
  const provisioning = createProvisioning({ ...staging, verifiedDomains: domains });
  const groups = createGroupProvisioning(staging);
  const permissions = createPermissions(store, clock);
  const planning = { ...planningSettings(config), store, connector, ambient, directories: domains, mappings };
  const forgetting = createForgetting({ store, clock, leaseKeeper, permissions });
  const reconciler = createReconciler({ ...planning, leaseKeeper, turns: createTurns(), circuit });
  return {
    directories,
    mappings,
    mappingEdits: mappingEditsOf(planning, config),
    health,
    provisioning,
    groups,
    imports: createImports({ provisioning, groups, verifiedDomains: domains }),
    search: createSearch(store),
    tokens: createTokenOffice(store.tokens, clock),
    permissions,
    resumption: createResumption(store.restorations, clock),
    reconciler,
    backgroundRuns: createBackgroundRuns(reconciler, ambient),
    people: createPeople(store.census, mappings, directories),
    product: createProductView(planning),
    explain: createExplain({ ...planning, permissions }),
    audit: createAuditLog(store.evidence, permissions),
    forgetting,
    retention: createRetention({ store, ambient, policy: config.retention ?? DEFAULT_RETENTION, forgetting }),
    proofs: createLeaverProofs(store, permissions),
    runs: createRunHistory(store),
    alerts,
    status: () => readStatus(store, health, alerts, directories),
    measures: () => readMeasures({ store, health, alerts, directories, clock }),
  };
}

function planningSettings({ policy, product }: ServiceSettings) {
  return { policy, seats: product?.seats ?? null, seatMemory: createSeatMemory() };
}

function domainsOf({ directories }: ServiceSettings): ReadonlyMap<DirectoryId, readonly string[]> {
  return new Map(directories.map(({ id, verifiedDomains }) => [id, verifiedDomains]));
}

function mappingEditsOf(planning: PreviewDeps, { mapping }: ServiceSettings): MappingEdits {
  return createMappingEdits({
    mappings: planning.store.mappings,
    versions: planning.mappings,
    source: mapping.source,
    clock: planning.ambient.clock,
    preview: (document, request) => previewMapping(planning, document, request),
  });
}

/** The lease of this process; whoever takes it puts in order what a killed process left behind. */
function keepLease(store: Store, ambient: Ambient, product: string): LeaseKeeper {
  const holder = createHolder();
  return createLeaseKeeper({
    leases: store.leases,
    ambient,
    product,
    holder: holder.name,
    isDead: (other) => holder.isDead(other),
    async onAcquired(lease) {
      const count = await store.journal.closeInterrupted(lease, ambient.clock.now());
      if (count > 0) ambient.log.warn("run.interrupted", { count });
    },
  });
}

/** Null while any free port may be taken. */
function knownUrl({ host, port, publicUrl }: Config<unknown>["server"]): string | null {
  return publicUrl ?? (port === 0 ? null : publicUrlFor(host, port));
}
