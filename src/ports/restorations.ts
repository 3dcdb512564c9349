import type { Instant } from "../domain/brand.ts";
import type { AuditEvent } from "./directory-tx.ts";

/** A database that was put back from a backup: what happened between the two times is not in it. */
export interface Restoration {
  readonly restoredAt: Instant;
  /** The newest row of the backup's audit log; null where it has none. */
  readonly knownUntil: Instant | null;
}

/** Whether what is stored may be behind the times, because it comes from a backup. */
export interface Restorations {
  /** The one that nobody has let the bridge act on yet; null when there is none. */
  standing(): Promise<Restoration | null>;
  note(restoration: Restoration, audit: AuditEvent): Promise<void>;
  /** Ends it. Throws UnknownSubjectError, and keeps nothing, when there is none. */
  resume(at: Instant, audit: AuditEvent): Promise<void>;
}
