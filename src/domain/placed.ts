/** Something in a list in which nothing changes its place. */
export interface Placed<T> {
  readonly item: T;
  /** At least 1; the same for as long as the item is there. */
  readonly place: number;
}
