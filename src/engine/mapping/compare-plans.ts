import type { AccountProfile, DesiredAccount, Seat } from "../../domain/account.ts";
import type { PersonChange, PersonPlan } from "../../domain/plan.ts";
import { PROFILE_FIELDS } from "../../planning/diff.ts";
import type { AccountMove, FieldMove, PersonMove } from "./preview-shape.ts";

/** Somebody as both mappings see them. */
export interface Compared {
  /** What the saved mapping gives, and what the edit does. */
  readonly before: DesiredAccount;
  readonly after: DesiredAccount;
}

/**
 * What the edit changes for one person: where they end under the one plan and where under the other, told by the changes
 * that only one of them has. A change that is held counts: it is what is meant. Null when they end in the same place.
 */
export function comparePlans(
  { before, after }: Compared,
  saved: PersonPlan | null,
  edit: PersonPlan | null,
): PersonMove | null {
  const [was, is] = [wishesOf(saved), wishesOf(edit)];
  const account = accountMove(was, is);
  const move: PersonMove = {
    user: after.user,
    directory: after.directory,
    label: edit?.label ?? saved?.label ?? after.profile.email,
    account,
    joins: [...without(is.adds, was.adds), ...without(was.removals, is.removals)].sort(),
    leaves: [...without(is.removals, was.removals), ...without(was.adds, is.adds)].sort(),
    seat: seatMove(was, is),
    // The profile of somebody who is shut is only there to know them by.
    fields: before.status === "active" && after.status === "active" ? fieldMoves(before.profile, after.profile) : [],
    needsApproval: edit?.needsApproval === true && saved?.needsApproval !== true,
    held: heldOnlyIn(edit, saved),
  };
  return isNothing(move) ? null : move;
}

/** Nothing that anybody would notice. */
export function isNothing({ account, joins, leaves, seat, fields }: PersonMove): boolean {
  return account === null && seat === null && joins.length + leaves.length + fields.length === 0;
}

/** What a plan wants for one person, whatever of it may pass. */
interface Wishes {
  readonly shuts: boolean;
  readonly opens: boolean;
  /** Names of groups, each once. Lists, not sets: nobody is in many, and everybody comes through here. */
  readonly adds: readonly string[];
  readonly removals: readonly string[];
  readonly given: Seat | null;
  readonly freed: Seat | null;
}

const SHUTS: ReadonlySet<PersonChange["kind"]> = new Set<PersonChange["kind"]>([
  "deactivate-account",
  "delete-account",
]);
const OPENS: ReadonlySet<PersonChange["kind"]> = new Set<PersonChange["kind"]>([
  "create-account",
  "adopt-account",
  "reactivate-account",
]);

const NOTHING: Wishes = { shuts: false, opens: false, adds: [], removals: [], given: null, freed: null };

function wishesOf(plan: PersonPlan | null): Wishes {
  if (plan === null) return NOTHING;
  // Of what is held, all is meant but what would be done to an account of which nobody knows whose it is.
  const meant = plan.held.filter(({ hold }) => hold !== "identity-conflict").map(({ change }) => change);
  const changes = [...plan.changes, ...meant];
  const adds = changes.filter((change) => change.kind === "add-to-group");
  const removals = changes.filter((change) => change.kind === "remove-from-group");
  return {
    shuts: changes.some(({ kind }) => SHUTS.has(kind)),
    opens: changes.some(({ kind }) => OPENS.has(kind)),
    // Of several groups of one name, one is told.
    adds: distinct(adds.map(({ group }) => group.name)),
    removals: distinct(removals.map(({ group }) => group.name)),
    given: changes.find((change) => change.kind === "assign-seat")?.seat ?? null,
    freed: changes.find((change) => change.kind === "release-seat")?.seat ?? null,
  };
}

function distinct(names: readonly string[]): readonly string[] {
  return names.length < 2 ? names : [...new Set(names)];
}

function without(names: readonly string[], others: readonly string[]): readonly string[] {
  return names.filter((name) => !others.includes(name));
}

function accountMove(was: Wishes, is: Wishes): AccountMove | null {
  if (was.shuts !== is.shuts) return is.shuts ? "leaves" : "stays";
  if (was.opens !== is.opens) return is.opens ? "comes-in" : "stays-out";
  return null;
}

/** The seat under both; what is there now is told by whoever takes it. */
function seatMove(was: Wishes, is: Wishes): PersonMove["seat"] {
  const now = was.freed ?? is.freed;
  const end = ({ given, freed }: Wishes): Seat | null => given ?? (freed === null ? now : null);
  const [from, to] = [end(was), end(is)];
  return from === to ? null : { from, to };
}

/** Fields that the mappings read differently; a field that becomes nobody's is left as it is, and told all the same. */
export function fieldMoves(before: AccountProfile, after: AccountProfile): readonly FieldMove[] {
  return PROFILE_FIELDS.filter((field) => before[field] !== after[field]).map((field) => ({
    field,
    from: before[field] ?? null,
    to: after[field] ?? null,
  }));
}

function heldOnlyIn(edit: PersonPlan | null, saved: PersonPlan | null): readonly string[] {
  if (edit === null || edit.held.length === 0) return [];
  const known = new Set(saved?.held.map(({ detail }) => detail));
  const details = edit.held.flatMap(({ hold, detail }) =>
    hold === "waits-for-held" || known.has(detail) ? [] : detail,
  );
  return [...new Set(details)];
}
