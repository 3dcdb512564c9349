import type { ConnectorFault } from "../../../domain/errors.ts";
import { ConnectorError } from "../../../domain/errors.ts";
import type { NewId } from "../../../ports/ambient.ts";
import type { Connector, Finding } from "../../../ports/connector.ts";
import { sentenceOf } from "../../finding.ts";
import { remedyOf } from "../diagnose.ts";
import type { RecipeProduct } from "../product.ts";

/** What came of trying one operation. */
export interface TrialFinding extends Finding {
  /** Set for what the product refused or did not answer. */
  readonly reason?: ConnectorFault;
}

/** What a trial works with. */
export interface Trial {
  readonly product: RecipeProduct;
  readonly connector: Connector;
  readonly newId: NewId;
  readonly signal: AbortSignal;
}

/** What was tried is not as it should be, though nobody refused anything: a sentence, and what to do. */
export class TrialFault extends Error {
  override readonly name = "TrialFault";
  readonly remedy: string;
  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** Tries one thing. `work` answers with a sentence. Throws only what an aborted signal makes. */
export async function attempt(
  { signal, product }: Pick<Trial, "signal" | "product">,
  subject: string,
  work: () => Promise<string>,
): Promise<TrialFinding> {
  try {
    return { subject, verdict: "good", detail: await work() };
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof TrialFault) return { subject, verdict: "bad", detail: error.message, remedy: error.remedy };
    if (!(error instanceof ConnectorError)) throw error;
    const { reason, message } = error;
    return {
      subject,
      verdict: "bad",
      detail: sentenceOf(message),
      remedy: remedyOf(error, product.recipe.auth),
      reason,
    };
  }
}
