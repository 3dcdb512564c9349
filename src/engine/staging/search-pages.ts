import type { Listed, SortOrder } from "../../ports/directory-tx.ts";
import { mergerBy, type AskPart, type Found } from "./search-parts.ts";
import { parseSearchPosition, placeBehind, printSearchPosition, type Place } from "./search-position.ts";

/** The two lists that a search is made of. */
export interface Parts {
  readonly users: AskPart;
  readonly groups: AskPart;
}

/**
 * One page by cursor: whatever is shown of a type is one answer of the store, whose `next` becomes that type's place, so
 * that nobody is left out or given twice though two answers may be of two states. Throws InvalidCursorError.
 */
export async function pageAfter(
  { users, groups }: Parts,
  after: string | null,
  limit: number,
  sort: SortOrder | null,
): Promise<Listed<Found>> {
  const from = parseSearchPosition(after);
  const lists = { users: { ask: users, from: from.users }, groups: { ask: groups, from: from.groups } };
  const [some, others, items] = await (sort === null ? oneAfterTheOther(lists, limit) : merged(lists, limit, sort));
  const next = printSearchPosition({ users: some.behind, groups: others.behind });
  // A page of nobody leads nowhere.
  return { items, total: some.total + others.total, next: limit === 0 ? null : next };
}

/** The list of one type, and where it goes on. */
interface List {
  readonly ask: AskPart;
  readonly from: Place;
}

type Lists = Readonly<Record<"users" | "groups", List>>;

/** What was fetched of one type, and the place behind it. */
interface Piece {
  readonly items: readonly Found[];
  readonly total: number;
  readonly behind: Place;
}

/** A piece of the users, one of the groups, and both in order. */
type Pieces = readonly [Piece, Piece, readonly Found[]];

async function oneAfterTheOther(lists: Lists, limit: number): Promise<Pieces> {
  const users = await pieceOf(lists.users, limit);
  const room = users.behind === "ended" ? limit - users.items.length : 0;
  const groups = await pieceOf(lists.groups, room);
  return [users, groups, [...users.items, ...groups.items]];
}

async function merged(lists: Lists, limit: number, sort: SortOrder): Promise<Pieces> {
  const merge = mergerBy(sort);
  const users = await pieceOf(lists.users, limit);
  const groups = await pieceOf(lists.groups, limit);
  const shown = merge(users.items, groups.items).slice(0, limit);
  const ofUsers = shown.filter(({ type }) => type === "User").length;
  const some = await firstOf(users, lists.users, ofUsers);
  const others = await firstOf(groups, lists.groups, shown.length - ofUsers);
  return [some, others, merge(some.items, others.items)];
}

/** Of nobody only the total is asked; a list whose total is 0 has ended. */
async function pieceOf({ ask, from }: List, limit: number): Promise<Piece> {
  if (from === "ended") return { ...(await ask({ from: { after: null }, limit: 0 })), behind: from };
  const { items, total, next } = await ask({ from, limit });
  return { items, total, behind: limit === 0 && total > 0 ? from : placeBehind(next) };
}

/**
 * The first of a piece, and the place behind them, which only the store can tell. Its answer is what is shown then: who
 * came or went meanwhile has made others the first.
 */
async function firstOf(piece: Piece, list: List, count: number): Promise<Piece> {
  if (count === piece.items.length) return piece;
  return count === 0 ? { ...piece, items: [], behind: list.from } : pieceOf(list, count);
}
