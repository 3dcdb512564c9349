import { z } from "zod";
import { expressionField, spanField, textField } from "./schema-values.ts";
import { outcomeField, pagingField, requestField, stepField } from "./schema-request.ts";

const DAY_MS = 86_400_000;
const LONGEST_HORIZON_MS = 3_650 * DAY_MS;
const outcomes = () => z.array(outcomeField()).exactOptional().describe("What its answers mean, the first that fits.");

/** How one account is read from an item of the answer. Bare names read the item, `$answer` the whole page. */
export const accountShape = () => ACCOUNT;

const ACCOUNT = z.strictObject({
  id: textField().describe("Numbers become texts."),
  email: textField(),
  displayName: textField().exactOptional(),
  givenName: textField().exactOptional(),
  familyName: textField().exactOptional(),
  timezone: textField().exactOptional(),
  locale: textField().exactOptional(),
  status: textField().default("active").describe("active, pending or deactivated."),
  role: textField().default("member").describe("owner, admin or member: the first two are never shut out."),
  seat: textField().exactOptional().describe("Name of the pool of the seat that it holds; nothing or null: none."),
  groups: textField()
    .exactOptional()
    .describe("Ids of its groups. Leave it out where listGroups or listMembers says who is in a group."),
  marker: textField().exactOptional().describe("The text that createAccount stored as $marker."),
  externalId: textField().exactOptional(),
});

/** A list: pages of items, each of which may be read once more by itself. All of its requests are reads. */
const listing = {
  request: requestField(),
  outcomes: outcomes(),
  paging: pagingField().exactOptional().describe("Default: defaults.paging, else one answer holds everything."),
  items: expressionField().describe('The list in the answer; "=$" where the answer is the list. Must be an array.'),
  where: expressionField().exactOptional().describe("Items for which this is not true are passed over."),
  detail: z
    .strictObject({
      when: expressionField()
        .exactOptional()
        .describe("Items for which this is not true are taken as the list shows them; default: all are asked for."),
      request: requestField(),
      outcomes: outcomes(),
      take: expressionField()
        .exactOptional()
        .describe("What of the answer takes the item's place; default: all of it."),
    })
    .exactOptional()
    .describe("Asks for each item by itself, where a list does not show enough; $item is what the list shows."),
};

const steps = () => z.array(stepField()).min(1).max(30).describe("Done in this order.");
const destroys = () =>
  z
    .boolean()
    .default(false)
    .describe("It destroys the account or its bookings: done only where the configuration says allowDelete.");
const writing = () => z.strictObject({ steps: steps(), destroys: destroys() });

/** Everything that a product can be asked to do. What a recipe leaves out, the product cannot do. */
export const operationsField = () =>
  z.strictObject({ ...peopleOperations(), ...groupOperations(), ...bookingOperations() });

function peopleOperations() {
  return {
    readTenant: z
      .strictObject({ request: requestField(), outcomes: outcomes(), take: expressionField() })
      .exactOptional()
      .describe("The product's own id of our organisation: a changed one stops all writes."),
    listAccounts: z
      .strictObject({ ...listing, account: accountShape().exactOptional() })
      .describe("Everybody, also those who are deactivated where the product shows them."),
    getAccount: z
      .strictObject({
        request: requestField(),
        outcomes: outcomes(),
        take: expressionField().exactOptional().describe("The account in the answer; default: all of it."),
        account: accountShape().exactOptional(),
      })
      .exactOptional()
      .describe("One account by $account. Without it, listAccounts is read and searched."),
    findAccount: z
      .strictObject({
        ...listing,
        account: accountShape().exactOptional(),
        complete: z
          .boolean()
          .default(false)
          .describe("True: getAccount is asked for each account that was found, since the list shows too little."),
      })
      .exactOptional()
      .describe("Accounts with the address $email; a search that finds too much is no harm. Without it: listAccounts."),
    createAccount: z
      .strictObject({
        steps: steps(),
        looksFirst: z
          .boolean()
          .default(false)
          .describe("The address is looked for before each create: for products that would take it a second time."),
        account: expressionField()
          .exactOptional()
          .describe("Id of the new account, from the last answer or what was captured; default: it is looked up."),
      })
      .exactOptional(),
    updateAccount: writing().exactOptional(),
    deactivateAccount: writing().exactOptional(),
    reactivateAccount: writing().exactOptional(),
    deleteAccount: z
      .strictObject({ steps: steps(), destroys: z.literal(true).default(true) })
      .exactOptional()
      .describe("Done only where the configuration says allowDelete."),
    listSeats: z
      .strictObject({ ...listing, seat: z.strictObject({ id: textField(), total: textField(), used: textField() }) })
      .exactOptional()
      .describe("Seat pools with how many seats there are and how many are taken."),
    assignSeat: writing().exactOptional(),
    releaseSeat: writing().exactOptional(),
  };
}

function groupOperations() {
  return {
    listGroups: z
      .strictObject({
        ...listing,
        group: z.strictObject({
          id: textField(),
          name: textField(),
          members: textField().exactOptional().describe("Ids of its accounts, where the list of groups shows them."),
        }),
      })
      .exactOptional(),
    listMembers: z
      .strictObject({ ...listing, member: textField().describe("Id of the account of an item.") })
      .exactOptional()
      .describe("The accounts of $group."),
    createGroup: z
      .strictObject({
        steps: steps(),
        group: expressionField()
          .exactOptional()
          .describe("Id of the new group, from the last answer or what was captured; default: it is looked up."),
      })
      .exactOptional()
      .describe("Sent only after listGroups showed no group of this name."),
    addToGroup: writing().exactOptional().describe("Puts $account into $group."),
    removeFromGroup: writing().exactOptional().describe("Takes $account out of $group."),
    setMembers: writing()
      .exactOptional()
      .describe(
        "Instead of the two: replaces all members of $group by $members, read just before, one change at a time.",
      ),
    setGroups: writing()
      .exactOptional()
      .describe(
        "Instead of the two: replaces all groups of $account by $groups, read just before, one change at a time.",
      ),
  };
}

function bookingOperations() {
  return {
    listBookings: z
      .strictObject({
        ...listing,
        window: z
          .strictObject({
            span: spanField(3_600_000, LONGEST_HORIZON_MS)
              .exactOptional()
              .describe("The longest time that one request may ask for; default: the whole horizon at once."),
            horizon: spanField(DAY_MS, LONGEST_HORIZON_MS)
              .default("730d")
              .describe("How far ahead bookings are looked for."),
            past: spanField(0, 30 * DAY_MS)
              .default("1d")
              .describe("How far back the first window begins, for bookings that have begun and not ended."),
          })
          .prefault({})
          .describe("The time that $from and $to go through, window by window."),
        booking: z.strictObject({
          id: textField(),
          startsAt: textField().describe("With a zone: $localToIso makes one of a local time."),
          endsAt: textField(),
          guests: textField().describe("How many guests would be told: a number."),
        }),
      })
      .exactOptional()
      .describe("Bookings of $account from $from to $to, those that are over or cancelled left out by where."),
    createBooking: z
      .strictObject({ steps: steps() })
      .exactOptional()
      .describe(
        "Books $account from $startsAt to $endsAt for the guest $guestEmail. Only recipe test --write does that.",
      ),
    cancelBooking: writing().exactOptional(),
    reassignBooking: writing().exactOptional().describe("Hands $booking of $account over to $newAccount."),
  };
}

/** Everything that a product can be asked to do. */
export type RecipeOperations = z.output<ReturnType<typeof operationsField>>;
/** How one account is read from an item. */
export type RecipeAccountShape = z.output<ReturnType<typeof accountShape>>;
/** Names of operations. */
export type OperationName = keyof RecipeOperations;
