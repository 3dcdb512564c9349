import { z } from "zod";
import type {
  AccountId,
  AccountProfile,
  Booking,
  BookingId,
  ObservedAccount,
  ObservedGroup,
  ProductGroupId,
  Seat,
  SeatPool,
} from "../../domain/account.ts";
import type { Instant } from "../../domain/brand.ts";
import { isJsonArray } from "../../domain/json.ts";
import type { JsonValue } from "../../domain/json.ts";
import { failure, idOf } from "./evaluator.ts";
import type { Evaluator, Given } from "./evaluator.ts";
import { toIso } from "./local-time.ts";
import type { Recipe } from "./schema.ts";
import type { RecipeAccountShape, RecipeOperations } from "./schema-operations.ts";

const MOST_CHARACTERS = 1_000;
const MOST_GROUPS = 100_000;

/** Numbers become texts; nothing, null and "" are one: not there. */
const optionalText = z.preprocess(
  (value) => (value === null || value === "" ? undefined : typeof value === "number" ? String(value) : value),
  z.string().max(MOST_CHARACTERS).optional(),
);
const name = z.preprocess((value) => idOf(value as JsonValue), z.string().min(1));
/** What might lead elsewhere in a path is nobody's id, whatever the recipe says; `ids.pattern` is asked before one is sent. */
const id = name.pipe(z.string().regex(/^(?!\.+$)[^/\\?#\p{Cc}]{1,512}$/u));
const idList = z.preprocess(
  // JSONata gives a list of one as the one.
  (value) => (value === null || value === undefined ? [] : isJsonArray(value) ? value : [value]),
  z.array(id).max(MOST_GROUPS),
);
const wholeNumber = z.preprocess(
  (value) => (typeof value === "string" && /^\d{1,9}$/.test(value) ? Number(value) : value),
  z.int().min(0),
);
const instant = z.preprocess((value) => toIso(value), z.string("must be a time with an offset"));

const accountSchema = z.object({
  id,
  email: z.string().trim().min(1).max(MOST_CHARACTERS),
  displayName: optionalText,
  givenName: optionalText,
  familyName: optionalText,
  timezone: optionalText,
  locale: optionalText,
  status: z.enum(["active", "pending", "deactivated"]),
  role: z.enum(["owner", "admin", "member"]),
  seat: optionalText,
  groups: idList,
  marker: optionalText,
  externalId: optionalText,
});
const groupSchema = z.object({ id, name: z.string().min(1).max(MOST_CHARACTERS), members: idList });
const seatSchema = z.object({ id: name, total: wholeNumber, used: wholeNumber });
const bookingSchema = z.object({ id, startsAt: instant, endsAt: instant, guests: wholeNumber });

/** A group with those who are in it, where its shape tells. */
export interface ShownGroup extends ObservedGroup {
  readonly members: readonly AccountId[];
}

/** One seat pool. */
export interface ShownPool extends SeatPool {
  readonly seat: Seat;
}

/** What a reader needs to know of a product beside the shapes. */
export type ReaderRecipe = Pick<Recipe, "profile" | "capabilities">;

/** Reads what the product shows, item by item. Throws ConnectorError `unavailable` for what does not fit, naming the field. */
export interface ShapeReader {
  account(shape: RecipeAccountShape, given: Given, impliedSeat: Seat | null): Promise<ObservedAccount>;
  group(shape: NonNullable<RecipeOperations["listGroups"]>["group"], given: Given): Promise<ShownGroup>;
  member(shape: string, given: Given): Promise<AccountId>;
  pool(shape: NonNullable<RecipeOperations["listSeats"]>["seat"], given: Given): Promise<ShownPool>;
  booking(
    shape: NonNullable<RecipeOperations["listBookings"]>["booking"],
    account: AccountId,
    given: Given,
  ): Promise<Booking>;
}

/** A reader over the expressions of a recipe. */
export function createShapeReader(evaluator: Evaluator, { profile }: ReaderRecipe): ShapeReader {
  async function read<S extends z.ZodType>(
    schema: S,
    shape: Readonly<Record<string, string | undefined>>,
    name: string,
    given: Given,
  ): Promise<z.output<S>> {
    const values: Record<string, unknown> = {};
    for (const [key, text] of Object.entries(shape)) {
      if (text !== undefined) values[key] = await evaluator.text(text, `${name}.${key}`, given);
    }
    return checked(schema, values, name, given);
  }

  return {
    async account(shape, given, impliedSeat) {
      const shown = await read(accountSchema, shape, "account", given);
      const { status, marker, externalId } = shown;
      const implied = status === "deactivated" ? null : impliedSeat;
      return {
        id: shown.id as AccountId,
        ...(marker === undefined ? {} : { marker }),
        ...(externalId === undefined ? {} : { externalId }),
        status,
        role: shown.role,
        profile: profileOf(shown, profile),
        seat: impliedSeat === null ? ((shown.seat ?? null) as Seat | null) : implied,
        groups: shown.groups as ProductGroupId[],
      };
    },
    async group(shape, given) {
      const { id: group, name, members } = await read(groupSchema, shape, "group", given);
      return { id: group as ProductGroupId, name, members: members as AccountId[] };
    },
    async member(shape, given) {
      const value = await evaluator.text(shape, "member", given);
      return checked(z.object({ member: id }), { member: value }, "listMembers", given).member as AccountId;
    },
    async pool(shape, given) {
      const { id: seat, total, used } = await read(seatSchema, shape, "seat", given);
      return { seat: seat as Seat, total, used };
    },
    async booking(shape, account, given) {
      const { id: booking, startsAt, endsAt, guests } = await read(bookingSchema, shape, "booking", given);
      return { id: booking as BookingId, account, startsAt: startsAt as Instant, endsAt: endsAt as Instant, guests };
    },
  };
}

function checked<S extends z.ZodType>(schema: S, values: unknown, name: string, { place }: Given): z.output<S> {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  // Only places are named: the values are other people's.
  const where = [...new Set(result.error.issues.map(({ path }) => `${name}.${path.join(".")}`))].slice(0, 3);
  throw failure("unavailable", `the product showed something else than is due for ${where.join(", ")}`, place);
}

const NAMES = ["displayName", "givenName", "familyName", "timezone", "locale"] as const;

/** The fields that the recipe says the product has; those that are empty are absent, so that they compare as "not there". */
function profileOf(shown: AccountProfileLike, fields: Recipe["profile"]): AccountProfile {
  const profile: { -readonly [K in keyof AccountProfile]: AccountProfile[K] } = {
    email: fields.email.case === "lower" ? shown.email.toLowerCase() : shown.email,
  };
  for (const name of NAMES) {
    const text = shown[name]?.trim() ?? "";
    if (fields[name] !== undefined && text !== "") profile[name] = text;
  }
  return profile;
}

type AccountProfileLike = { readonly email: string } & {
  readonly [K in (typeof NAMES)[number]]?: string | undefined;
};
