/**
 * How things stand with one person, in a word that an admin reads; the first that applies.
 *
 * - `failing`: the last attempt failed, and is made again later.
 * - `waiting`: for a seat.
 * - `held`: something about them is held until somebody looks at it.
 * - `leaving`: the directory says that they left, and their account is not yet proved shut.
 * - `left`: shut out, or gone from the directory without ever having had an account of ours.
 * - `linked`: in the directory, with an account.
 * - `none`: in the directory, without one.
 */
export const PERSON_STATES = ["failing", "waiting", "held", "leaving", "left", "linked", "none"] as const;

/** One of them. */
export type PersonState = (typeof PERSON_STATES)[number];
