import { z } from "zod";
import { ConnectorError } from "../../domain/errors.ts";
import type { ConnectorFault } from "../../domain/errors.ts";
import { isJsonObject } from "../../domain/json.ts";
import { ownValueLike } from "../../scim/own-property.ts";
import type { ProductAnswer } from "../http.ts";
import type { ScimRecipe } from "./recipe.ts";

/** Refusals of one write that say something of this write, and nothing of our credentials (RFC 7644 section 3.12). */
export const UNDERSTOOD: readonly number[] = [400, 402, 403, 404, 405, 409, 410, 412, 422, 501];

const MAX_DETAIL = 2_000;

/** `scimType` of an error body. */
export function scimTypeOf(body: unknown): string | undefined {
  return textOf(body, "scimType");
}

/**
 * What a refused write means. A 403 is about this person: a token that may do nothing is refused reads, too. `what` names
 * the request, without ids. What the product says is looked at, and never shown.
 */
export function refusalOf(answer: ProductAnswer, what: string, recipe: ScimRecipe): ConnectorError {
  const code = answer.errorCode === undefined ? "" : ` (${answer.errorCode})`;
  const said = `${recipe.name} answered ${answer.status}${code} to ${what}`;
  if (isNoSeat(answer, recipe)) return new ConnectorError("no-seat", `${said}: it has no free seat`);
  return new ConnectorError(faultOf(answer), `${said}${hintOf(answer.status)}`);
}

function faultOf({ status, errorCode }: ProductAnswer): ConnectorFault {
  if (status === 404 || status === 410) return "missing";
  if (status === 409 || errorCode === "uniqueness") return "conflict";
  // Somebody else wrote between our read and our write: the next attempt reads again.
  return status === 412 ? "unavailable" : "rejected";
}

function hintOf(status: number): string {
  if (status === 405 || status === 501) return ": it does not take this; see `update` in the recipe";
  return status === 403 ? ": it does not let this token do that" : "";
}

/** Whether a refusal means, by the recipe, that no seat is free. */
export function isNoSeat({ status, body, text }: ProductAnswer, { noSeat }: ScimRecipe): boolean {
  const detail = (textOf(body, "detail") ?? textOf(body, "message") ?? text ?? "").slice(0, MAX_DETAIL);
  return noSeat.some((sign) => sign.status === status && new RegExp(sign.detail, "iu").test(detail));
}

function textOf(body: unknown, name: string): string | undefined {
  return isJsonObject(body) ? z.string().safeParse(ownValueLike(body, name)).data : undefined;
}
