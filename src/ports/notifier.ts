import type { Notice } from "../domain/alert.ts";

/** What became of one attempt. `reason` is a few words that name no address. */
export type Delivery = { readonly delivered: true } | { readonly delivered: false; readonly reason: string };

/** Tells people of alerts. */
export interface Notifier {
  /**
   * One attempt to deliver a notice; never rejects, never repeats. `webhook` is a secret: no result may hold it.
   * `publicUrl` says which bridge it is that speaks.
   */
  send(webhook: string, notice: Notice, publicUrl: string | null, signal: AbortSignal): Promise<Delivery>;
  /** The webhook as it may be shown: its scheme and host. */
  nameOf(webhook: string): string;
}
