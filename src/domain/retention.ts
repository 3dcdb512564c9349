/** How long what is kept for looking at is kept, in milliseconds; null: for ever. */
export interface RetentionPolicy {
  /** Changes that were sent to the product, but for those that a return or an open account may depend on. */
  readonly journalMs: number | null;
  /** Runs, approvals and releases that are over. */
  readonly runsMs: number | null;
  /** People whom the IdP deleted, and whose account, if they had one, was proved shut: they are forgotten then. */
  readonly leaversMs: number | null;
  readonly proofsMs: number | null;
  readonly auditMs: number | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** What holds unless the configuration says otherwise: evidence is kept, and so is whom a return may be matched with. */
export const DEFAULT_RETENTION: RetentionPolicy = {
  journalMs: 400 * DAY_MS,
  runsMs: 90 * DAY_MS,
  leaversMs: null,
  proofsMs: null,
  auditMs: null,
};
