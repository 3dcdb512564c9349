declare const brand: unique symbol;

/** A primitive that was checked once at the border and is told apart by name from then on. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };

/** A point in time: RFC 3339, UTC, exactly three digits of milliseconds, ending in `Z`. Sorts as text. */
export type Instant = Brand<string, "Instant">;
