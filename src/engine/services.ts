import type { DirectoryId } from "../domain/directory.ts";
import type { Explain } from "./explain/explain.ts";
import type { AlertOffice } from "./alerts/alerts.ts";
import type { AuditLog } from "./audit.ts";
import type { GroupProvisioning } from "./staging/group-provisioning.ts";
import type { Health } from "./health.ts";
import type { LeaverProofs } from "./leaver-proofs.ts";
import type { MappingEdits } from "./mapping/mapping-edits.ts";
import type { MappingVersions } from "./mapping-versions.ts";
import type { Permissions } from "./limits/permissions.ts";
import type { Imports } from "./import/import.ts";
import type { Provisioning } from "./staging/provisioning.ts";
import type { Reconciler } from "./runs/reconcile.ts";
import type { Resumption } from "./resumption.ts";
import type { RunHistory } from "./runs/run-history.ts";
import type { Search } from "./staging/search.ts";
import type { Status } from "./status.ts";
import type { TokenOffice } from "./tokens.ts";

/** Every use case, as server and command line call them. */
export interface Services {
  readonly directories: readonly DirectoryId[];
  readonly provisioning: Provisioning;
  readonly groups: GroupProvisioning;
  readonly search: Search;
  readonly imports: Imports;
  readonly tokens: TokenOffice;
  readonly reconciler: Reconciler;
  readonly permissions: Permissions;
  readonly resumption: Resumption;
  readonly mappings: MappingVersions;
  readonly mappingEdits: MappingEdits;
  readonly health: Health;
  readonly audit: AuditLog;
  readonly proofs: LeaverProofs;
  readonly runs: RunHistory;
  readonly alerts: AlertOffice;
  readonly explain: Explain;
  status(): Promise<Status>;
}
