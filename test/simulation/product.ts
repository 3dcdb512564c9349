import type { IncomingMessage, ServerResponse } from "node:http";
import type { ChangeKind } from "../../src/domain/plan.ts";
import type { Clock } from "../../src/ports/ambient.ts";
import type { Connector } from "../../src/ports/connector.ts";
import type { WriteHook } from "../../src/sandbox/layers.ts";
import type { Chance } from "./chance.ts";
import type { FaultKind, Route } from "./route.ts";
import type { Spoil } from "./twin-faults.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/** An account as it truly is, in words that every product shares. Fields that a product does not have are null. */
export interface Account {
  readonly id: string;
  /** Lower case. */
  readonly email: string;
  readonly displayName: string;
  readonly status: "active" | "pending" | "deactivated";
  readonly role: "owner" | "admin" | "member";
  readonly seat: string | null;
  readonly groupIds: readonly string[];
  readonly externalRef: string | null;
}

/** What a request asks of the product. */
export interface Operation {
  readonly route: Route;
  /** The kind of change behind a write; `list` is the list of all accounts, `read` any other question. */
  readonly does: ChangeKind | "list" | "read";
  /** The account, group or booking that the request names; null: none, or not yet. */
  readonly account: string | null;
  readonly group: string | null;
  readonly booking: string | null;
}

/** What people do in the product itself. */
export type HandEvent =
  "book" | "edit" | "seat" | "group" | "status" | "role" | "delete" | "make" | "resize" | "email" | "unmark";

/** Edits an account by hand; null when it could not be done, else what was done, in words. */
export type Hand = (world: World, account: Account, chance: Chance) => string | null;

/** What can be done by hand to somebody's account; what a product does not have is left out. */
export type Hands = Readonly<Partial<Record<Exclude<HandEvent, "make" | "resize">, Hand>>>;

/** Somebody who was there before the bridge came, or is made by hand later. */
export interface Settler {
  readonly email: string;
  readonly displayName: string;
  readonly role?: "admin" | "member";
  readonly externalRef?: string | null;
}

/** The product of a history: its true state, its HTTP face, and what happens to it behind the bridge's back. */
export interface Product {
  readonly kind: ProductKind;
  /** Fields of an account that the bridge can write. */
  readonly writes: ReadonlySet<"email" | "displayName" | "seat" | "groups">;
  /** The history that can be played with this product: what it cannot do is taken out of it. */
  fit(scenario: Scenario): Scenario;
  /** A connector that reaches it at this address. */
  connect(baseUrl: string, clock: Clock): Connector;
  operationOf(method: string, url: URL): Operation;
  /** Lets its lists have so many items on a page at most. */
  shorten(url: URL, pageSize: number): void;
  /** The next request of this method to this path fails so. */
  spoil(spoil: Spoil): void;
  /** Nothing fails any more. */
  heal(): void;
  answer(request: IncomingMessage, response: ServerResponse): void;

  accounts(): readonly Account[];
  account(id: string): Account | undefined;
  groups(): readonly { readonly id: string; readonly name: string }[];
  /** Whose booking it is. */
  hostOf(booking: string): string;
  /** Bookings of an account that are to come. */
  upcoming(host: string): readonly { readonly id: string; readonly endsAt: string }[];
  pools(): readonly { readonly id: string; readonly total: number; readonly used: number }[];
  /** Messages to guests, each with what makes it different from the others. */
  mails(): readonly string[];
  /** What was asked of it that its documentation does not allow. */
  violations(): readonly string[];
  /** Writes so far, in order: `POST /path`; without those that are refused again and again, and rightly so. */
  written(): readonly string[];

  readonly hands: Hands;
  /** Makes an account; its id, or null when the address is taken. */
  settle(settler: Settler): string | null;
  /** Shuts an account, or leaves it as it is where that cannot be. */
  shut(account: string): void;
  addGroup(name: string): void;
  book(world: World, host: string, chance: Chance): void;
  resize(seats: number): void;
  /** Whoever is invited accepts; nothing where nobody is ever invited. */
  acceptInvitations(): void;
}

/** What a product is made of. */
export interface ProductParts {
  readonly clock: Pick<World["clock"], "now" | "pass">;
  readonly seats: number;
  readonly onWrite: WriteHook;
}

/** A product that histories can be played with. */
export interface ProductKind {
  /** As `Connector.name` says. */
  readonly name: string;
  /** Whether it shows which accounts a bridge has made. */
  readonly hasMarks: boolean;
  /** Whether people are invited, and come when they like. */
  readonly invites: boolean;
  /** Whether an address may be taken by somebody who is not listed, such as a person who was taken out of the organisation. */
  readonly hidesPeople: boolean;
  /** Whether it says how many seats are in use: else it is asked for one, in vain, whenever somebody waits. */
  readonly countsSeats: boolean;
  /** Whether nobody sees the bookings of an account any more once it was shut. */
  readonly losesBookings: boolean;
  /** Routes that the connector uses, for the count of places where something can go wrong. */
  readonly routes: readonly Route[];
  /** What can befall a request on a route. */
  faultsOf(route: Route): readonly FaultKind[];
  /** Makes the product of one history. */
  make(parts: ProductParts): Product;
}
