import type { Services } from "../engine/services.ts";
import type { Toolbox } from "./toolbox.ts";

/** Says that changes are held because the database was restored, and how that ends; nothing where it was not. */
export async function tellRestored({ terminal }: Toolbox, { resumption }: Pick<Services, "resumption">): Promise<void> {
  const restoration = await resumption.standing();
  if (restoration === null) return;
  terminal.warn(
    `The database was restored from a backup at ${restoration.restoredAt}: all is held but leavers pushed since. Look through the plan; then: rosterbridge resume --reason "…"`,
  );
}
