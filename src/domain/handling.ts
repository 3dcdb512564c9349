/**
 * How somebody comes to a seat. `assigned`: by assign-seat and release-seat. `implied`: each account that is not deactivated
 * occupies one, so that assign-seat and release-seat send nothing and answer `already-so`; a lack of seats shows when the
 * account is made. `none`: the product has none, and `normalize` wants none.
 */
export type SeatHandling = "assigned" | "implied" | "none";

/** Who ends the upcoming bookings of somebody who is shut out: the bridge, the product by itself, or nobody. */
export type BookingHandling = "bridge" | "product" | "nobody";
