import type { DirectoryId, Person } from "../../domain/directory.ts";
import { BridgeError } from "../../domain/errors.ts";
import type { ListQuery } from "../../ports/directory-tx.ts";
import { foldCase } from "../../scim/fold-case.ts";
import type { FilterNode } from "../../scim/filter.ts";
import { startStage, type OnProgress } from "../progress.ts";
import type { GroupProvisioning } from "../staging/group-provisioning.ts";
import type { Provisioning } from "../staging/provisioning.ts";
import type { Origin } from "../staging/staging.ts";
import { createMembershipChanges } from "./import-groups.ts";
import type { ImportFile, ImportRow, RowFault } from "./import-row.ts";
import { judgeRow, type PlannedRow } from "./judge-row.ts";

/** What an import would stage; nothing is written to make one. */
export interface ImportPlan {
  readonly directory: DirectoryId;
  readonly rows: readonly PlannedRow[];
  /** By row. Where there are any, nothing is staged unless that is asked for. */
  readonly faults: readonly RowFault[];
  /** People of the directory whom the file does not name: they stay as they are. */
  readonly unnamed: number;
}

/** What became of an import. */
export interface ImportReport {
  readonly staged: number;
  readonly unchanged: number;
  /** Rows that could not be staged, though they looked right: somebody changed the same person meanwhile. */
  readonly failed: readonly RowFault[];
}

/** Staging people from a file, as an IdP would stage them. Nobody leaves for not being in it. */
export interface Imports {
  plan(directory: DirectoryId, file: ImportFile, signal: AbortSignal, onProgress?: OnProgress): Promise<ImportPlan>;
  /** Rows with faults are left out. Stops, with what was staged until then in place, when the signal is aborted. */
  carryOut(plan: ImportPlan, author: string, signal: AbortSignal, onProgress?: OnProgress): Promise<ImportReport>;
}

/** What importing needs. Domains as for provisioning. */
export interface ImportDeps {
  readonly provisioning: Provisioning;
  readonly groups: GroupProvisioning;
  readonly verifiedDomains: ReadonlyMap<DirectoryId, readonly string[]>;
}

/** Who looks on, and can stop it. */
interface Looking {
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress | undefined;
}

/** Makes the use case over provisioning. */
export function createImports(deps: ImportDeps): Imports {
  return {
    plan: (directory, file, signal, onProgress) => planImport(deps, directory, file, { signal, onProgress }),
    carryOut: (plan, author, signal, onProgress) => carryOut(deps, plan, author, { signal, onProgress }),
  };
}

async function planImport(
  deps: ImportDeps,
  directory: DirectoryId,
  { rows, faults: unread }: ImportFile,
  { signal, onProgress }: Looking,
): Promise<ImportPlan> {
  const domains = deps.verifiedDomains.get(directory) ?? [];
  const planned: PlannedRow[] = [];
  const faults: RowFault[] = [...unread, ...doubles(rows)];
  const wrong = new Set(faults.map(({ row }) => row));
  const named = new Set<string>();
  const tick = startStage(onProgress, "checking", rows.length);
  for (const row of rows) {
    signal.throwIfAborted();
    const found = await find(deps.provisioning, directory, row);
    tick();
    if (found !== null && "person" in found && found.person !== null) named.add(found.person.user.id);
    if (wrong.has(row.row)) continue;
    const judged = "message" in found ? found : judgeRow(row, found.person, domains);
    if ("message" in judged) faults.push(judged);
    else planned.push(judged);
  }
  const everybody = await deps.provisioning.listUsers(directory, asking(null));
  faults.sort((one, other) => one.row - other.row);
  return { directory, rows: planned, faults, unnamed: Math.max(0, everybody.total - named.size) };
}

/** The same person twice in one file: nobody could say which row is right. */
function doubles(rows: readonly ImportRow[]): readonly RowFault[] {
  const firsts = new Map<string, number>();
  const meet = (row: number, column: string, key: string): readonly RowFault[] => {
    const first = firsts.get(key);
    if (first === undefined) firsts.set(key, row);
    return first === undefined ? [] : [{ row, column, message: `is that of row ${first}, too` }];
  };
  return rows.flatMap(({ row, userName, externalId }) => [
    ...meet(row, "userName", `name ${foldCase(userName)}`),
    ...(externalId === undefined ? [] : meet(row, "externalId", `id ${externalId}`)),
  ]);
}

type Found = { readonly person: Person | null } | RowFault;

/** By externalId, else by userName; whom the two name must not be two people. */
async function find(provisioning: Provisioning, directory: DirectoryId, row: ImportRow): Promise<Found> {
  const ask = async (attribute: string, value: string): Promise<Person | null> => {
    const path = { urn: null, attribute, subAttribute: null };
    const { items } = await provisioning.listUsers(directory, asking({ op: "eq", path, value }));
    return items[0] ?? null;
  };
  const byName = await ask("userName", row.userName);
  const byKey = row.externalId === undefined ? null : await ask("externalId", row.externalId);
  if (byKey === null) {
    const theirs = byName?.user.externalId;
    if (row.externalId === undefined || theirs === undefined) return { person: byName };
    return { row: row.row, column: "userName", message: "is somebody's who has another externalId" };
  }
  if (byName !== null && byName.user.id !== byKey.user.id) {
    return { row: row.row, column: "userName", message: "is somebody else's than the externalId" };
  }
  return { person: byKey };
}

function asking(filter: FilterNode | null): ListQuery {
  const shown = { sort: null, from: { offset: 0 }, withMemberships: filter !== null } as const;
  return { filter, unknownAttributes: "reject", limit: filter === null ? 0 : 2, ...shown };
}

async function carryOut(
  deps: ImportDeps,
  { directory, rows }: ImportPlan,
  author: string,
  { signal, onProgress }: Looking,
): Promise<ImportReport> {
  const origin: Origin = { directory, actor: author };
  const memberships = createMembershipChanges(deps.groups, origin);
  const failed: RowFault[] = [];
  const tick = startStage(onProgress, "staging", rows.length);
  let staged = 0;
  for (const row of rows) {
    if (signal.aborted) break;
    const { joins, quits } = row;
    try {
      const id = await write(deps.provisioning, origin, row);
      memberships.note(id, { joins, quits });
      if (row.write !== null || joins.length + quits.length > 0) staged += 1;
    } catch (error) {
      if (!(error instanceof BridgeError) || error.retryable) throw error;
      failed.push({ row: row.row, column: null, message: error.message });
    }
    tick();
  }
  await memberships.stage(onProgress);
  return { staged, unchanged: rows.length - staged - failed.length, failed };
}

/** Returns the id. Whoever was changed since the plan was made is not overwritten. */
async function write(provisioning: Provisioning, origin: Origin, { write, known }: PlannedRow): Promise<string> {
  const plain = { withMemberships: false };
  if (write === null) return known?.id ?? "";
  if ("draft" in write) return (await provisioning.createUser(origin, write.draft, plain)).user.id;
  const id = known?.id ?? "";
  const expected = known === null ? null : [known.meta.version];
  return (await provisioning.patchUser(origin, id, write.operations, expected, plain)).user.id;
}
