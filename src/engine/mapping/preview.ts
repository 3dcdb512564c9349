import type { ObservedGroup, ProductGroupId, Seat } from "../../domain/account.ts";
import { ConnectorError } from "../../domain/errors.ts";
import { compileMapping } from "../../mapping/compile.ts";
import { desireUnderBoth } from "../../mapping/desire.ts";
import type { MappingDocument } from "../../mapping/rules.ts";
import type { PersonRecord, Workspace } from "../../ports/workspace.ts";
import type { CurrentMapping } from "../mapping-versions.ts";
import type { PlanDeps } from "../plan/make-plan.ts";
import { observeAll, type View } from "../plan/observe.ts";
import { stagedTotal, startStage, type Tick } from "../progress.ts";
import { createCircuit } from "../runs/breaker.ts";
import { createStagedJudge, openPlanJudge, type Concerned, type Judge, type Mappings } from "./judges.ts";
import type { MappingPreview, PreviewRequest } from "./preview-shape.ts";
import { createPreviewTally, type PreviewTally, type SeenProduct } from "./preview-tally.ts";
import { contrastOf, givesSame, type Contrast } from "./standing.ts";

/** What a preview needs. */
export interface PreviewDeps extends PlanDeps {
  readonly mappings: { current(): Promise<CurrentMapping> };
}

/** What was seen of the product; or why nothing was. */
type Look = { readonly view: View } | { readonly view: null; readonly why: string };

/**
 * Compares the plan under an edit with the plan under the saved mapping, over one look at the product. Everybody is mapped
 * twice; only those whom the edit may concern are planned twice, by the functions that plan every run. A page of people is in
 * memory at a time. Where the product cannot be reached, or lists too few accounts to be believed, what is staged is compared
 * alone. Writes nothing. Throws TenantChangedError when the product is another organisation than before.
 */
export async function previewMapping(
  deps: PreviewDeps,
  document: MappingDocument,
  request: PreviewRequest,
): Promise<MappingPreview> {
  const saved = await deps.mappings.current();
  const edit: CurrentMapping = {
    mapping: compileMapping(document, saved.mapping.version + 1, saved.mapping),
    savedAt: deps.ambient.clock.now(),
  };
  const workspace = await deps.store.openWorkspace();
  try {
    const look = await lookAt(deps, workspace, request);
    const comparing = await openComparison(deps, { saved, edit }, workspace, look, request.signal);
    const total = await stagedTotal(deps.store.evidence, deps.directories, request.onProgress);
    await goThrough(comparing, workspace, request, startStage(request.onProgress, "comparing", total));
    return {
      savedVersion: saved.mapping.version,
      observedAt: look.view?.observedAt ?? null,
      whyStagedOnly: look.view === null ? look.why : null,
      ...comparing.tally.result(),
    };
  } finally {
    await workspace.close();
  }
}

async function lookAt(deps: PreviewDeps, workspace: Workspace, request: PreviewRequest): Promise<Look> {
  if (request.stagedOnly) return { view: null, why: "The product was not to be asked." };
  const { connector, store, ambient, seatMemory } = deps;
  const breaker = createCircuit(ambient.clock, ambient.random).breaker();
  const reads = {
    connector,
    store,
    clock: ambient.clock,
    breaker,
    seatMemory,
    urgent: false,
    onProgress: request.onProgress,
  };
  try {
    const view = await observeAll(reads, workspace, { accounts: null, tenant: null }, request.signal);
    return view.completeness.complete ? { view } : { view: null, why: view.completeness.detail };
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    return { view: null, why: error.message };
  }
}

/** Everything that comparing people needs. */
interface Comparison {
  readonly contrast: Contrast;
  readonly tally: PreviewTally;
  readonly judge: Judge;
  /** Null for people of directories that are not configured any more. */
  wishes(record: PersonRecord): Concerned | null;
  /** Names of the groups that somebody's account is in, as far as either mapping names them. */
  current(record: PersonRecord): readonly string[];
  isConcerned(person: Concerned, current: readonly string[]): boolean;
}

async function openComparison(
  deps: PreviewDeps,
  mappings: Mappings,
  workspace: Workspace,
  { view }: Look,
  signal: AbortSignal,
): Promise<Comparison> {
  const { connector, directories } = deps;
  const { saved, edit } = { saved: mappings.saved.mapping, edit: mappings.edit.mapping };
  const contrast = contrastOf(saved, edit);
  const product = seenProduct(deps, view);
  return {
    contrast,
    tally: createPreviewTally(saved, edit, contrast, product),
    judge: view === null ? createStagedJudge(contrast) : await openPlanJudge(deps, mappings, workspace, view, signal),
    wishes(record) {
      if (!directories.has(record.person.user.directory)) return null;
      const [before, after] = desireUnderBoth(record.person, saved, edit);
      return { record, before: connector.normalize(before), after: connector.normalize(after) };
    },
    current: currentGroups(view?.groups ?? null, contrast.named),
    isConcerned({ record, before, after }, current) {
      if (!givesSame(before, after)) return true;
      if (after.status !== "active") return false;
      if (current.some((group) => contrast.contested.has(group))) return true;
      if (contrast.rehire && record.link === null) return true;
      return contrast.creation && after.groups.some((group) => product.groups?.has(group) === false);
    },
  };
}

async function goThrough(
  { tally, judge, wishes, current, isConcerned }: Comparison,
  workspace: Workspace,
  { signal, onMove }: PreviewRequest,
  tick: Tick,
): Promise<void> {
  for await (const page of workspace.people()) {
    signal.throwIfAborted();
    const concerned: Concerned[] = [];
    let looked = 0;
    for (const record of page) {
      const person = wishes(record);
      if (person === null) continue;
      looked += 1;
      const groups = current(record);
      tally.count(person.before, person.after, groups);
      if (isConcerned(person, groups)) concerned.push(person);
    }
    const moves = concerned.length === 0 ? [] : await judge(concerned);
    tick(looked);
    for (const move of moves) {
      if (move === null) continue;
      tally.move(move);
      await onMove(move);
    }
  }
}

function seenProduct({ seats: configured }: PreviewDeps, view: View | null): SeenProduct {
  const counted = view?.seats ?? null;
  const seats =
    counted === null ? configured : new Map<Seat, number>([...counted].map(([seat, { total }]) => [seat, total]));
  return { groups: view === null ? null : new Set(view.groups.map(({ name }) => name)), seats };
}

/** By the account where it was listed, else by what the link remembers. */
function currentGroups(
  groups: readonly ObservedGroup[] | null,
  named: ReadonlySet<string>,
): (record: PersonRecord) => readonly string[] {
  if (groups === null) return ({ link }) => (link?.entitlements?.groups ?? []).filter((group) => named.has(group));
  const names = new Map<ProductGroupId, string>(
    groups.flatMap(({ id, name }) => (named.has(name) ? [[id, name]] : [])),
  );
  return ({ account }) =>
    account?.candidate.account.groups.map((id) => names.get(id)).filter((name) => name !== undefined) ?? [];
}
