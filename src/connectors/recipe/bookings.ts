import type { AccountId, Booking } from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import { addMs } from "../../domain/instant.ts";
import { parseDuration } from "../../lib/duration.ts";
import type { Sending } from "../http.ts";
import { givenItem, listCall } from "./product.ts";
import type { RecipeProduct } from "./product.ts";
import type { RecipeOperations } from "./schema-operations.ts";

type Window = NonNullable<RecipeOperations["listBookings"]>["window"];

/** A stretch of time that one request asks for. */
interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** The stretches of time to ask for one after the other, so that nothing up to the horizon is left out. */
function windowsFrom(at: Instant, window: Window): readonly Span[] {
  const start = addMs(at, -msOf(window.past));
  const end = addMs(at, msOf(window.horizon));
  const step = window.span === undefined ? Date.parse(end) - Date.parse(start) : msOf(window.span);
  const spans: Span[] = [];
  for (let from = start; from < end; from = addMs(from, step)) {
    const to = addMs(from, step);
    spans.push({ from, to: to < end ? to : end });
  }
  return spans;
}

/** The schema lets nothing but spans of time through. */
function msOf(text: string): number {
  return parseDuration(text) ?? 0;
}

/** Bookings of an account that end after `from`, each once. */
export async function* listBookings(
  product: RecipeProduct,
  account: AccountId,
  from: Instant,
  how: Sending,
): AsyncGenerator<Booking> {
  const spec = product.recipe.operations.listBookings;
  if (spec === undefined || product.capabilities.bookings !== "bridge") return;
  const given = new Set<string>();
  for (const span of windowsFrom(from, spec.window)) {
    const scope = { account, from: span.from, to: span.to };
    const call = listCall(product, "listBookings", spec, scope, how);
    for await (const { items, answer } of product.lister.pages(call)) {
      for (const item of items) {
        const read = givenItem(item, scope, answer, call.place);
        const booking = await product.shapes.booking(spec.booking, account, read);
        if (booking.endsAt <= from || given.has(booking.id)) continue;
        given.add(booking.id);
        yield booking;
      }
    }
  }
}
