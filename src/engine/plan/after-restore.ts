import type { PersonPlan } from "../../domain/plan.ts";
import { holdChanges } from "../../planning/dependants.ts";
import { RESUME_COMMAND } from "../../planning/hold-words.ts";
import type { Restoration } from "../../ports/restorations.ts";
import type { PersonRecord } from "../../ports/workspace.ts";

/** Holds what must not go now of what was planned for somebody. */
export type HoldBack = (plan: PersonPlan, record: Pick<PersonRecord, "person">) => PersonPlan;

/**
 * Holds what is planned from a database that came back from a backup: whoever left since then would get their account
 * again, whoever came back would lose it. Only a leaver whose IdP has said so after the restore is shut out: that is no
 * stale knowledge. The plan shows it as it would be; no approval and no release lifts it, `resume` does. The same plan when
 * nothing was restored.
 */
export function holdAfterRestore(restoration: Restoration | null): HoldBack {
  return restoration === null ? (plan) => plan : (plan, record) => hold(plan, record, restoration);
}

function hold(plan: PersonPlan, { person }: Pick<PersonRecord, "person">, { restoredAt }: Restoration): PersonPlan {
  const leftAt = person.deletedAt ?? person.user.leftAt;
  if (plan.cause === "leaver" && leftAt !== undefined && leftAt > restoredAt) return plan;
  const detail = `The database was restored from a backup at ${restoredAt}, which may not know what happened before that. To let the bridge act on it: ${RESUME_COMMAND}`;
  const held = holdChanges(plan, () => ({ hold: "restored", detail }));
  return held === plan ? plan : { ...held, seatClaim: null };
}
