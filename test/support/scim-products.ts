import { readFileSync } from "node:fs";
import type { ExecutionContext } from "ava";
import type { AccountId, AccountProfile, ObservedAccount, ProductGroupId, Seat } from "../../src/domain/account.ts";
import { createScimConnector } from "../../src/connectors/scim/connector.ts";
import type { ScimConnectorOptions } from "../../src/connectors/scim/options.ts";
import { parseScimRecipe, STANDARD_RECIPE } from "../../src/connectors/scim/recipe.ts";
import { readUser, toAccount } from "../../src/connectors/scim/user.ts";
import type { Clock } from "../../src/ports/ambient.ts";
import type { Connector } from "../../src/ports/connector.ts";
import type { SpoilableHarness, SpoilableOptions } from "../contracts/connector-answers.ts";
import { SCIM_TOKEN } from "../twins/scim-product/manners.ts";
import { memberIds, type Attributes } from "../twins/scim-product/state.ts";
import { startScimTwin, type ScimTwin } from "../twins/scim-product/twin.ts";
import { showUser } from "../twins/scim-product/user-routes.ts";
import type { ScimVendorRules } from "../twins/scim-product/vendor-rules.ts";
import { createManualClock } from "./manual-clock.ts";

/** A recipe as it is shipped, or the text itself where it begins with a brace. */
export function readRecipe(name: string): string {
  if (name.startsWith("{")) return name;
  return readFileSync(new URL(`../../config/recipes/${name}.json`, import.meta.url), "utf8");
}

/** A connector for a twin; `recipe` is a shipped one's name, or a text. */
export function connectTo(
  twin: Pick<ScimTwin, "url">,
  options: Partial<ScimConnectorOptions> = {},
  { clock = createManualClock(), requestTimeoutMs }: { readonly clock?: Clock } & SpoilableOptions = {},
): Connector {
  const all: ScimConnectorOptions = { connector: "scim", baseUrl: twin.url, token: SCIM_TOKEN, ...options };
  return createScimConnector(all, {
    clock,
    random: () => 0.5,
    newId: () => "id",
    readRecipe,
    ...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
  });
}

/** One twin with its connector, as the contract wants them. Groups that are a value are `Sales` and `Sales EMEA`. */
export async function scimHarness(
  t: ExecutionContext,
  rules: ScimVendorRules,
  options: Partial<ScimConnectorOptions> = {},
  spoilable: SpoilableOptions = {},
): Promise<SpoilableHarness> {
  const clock = createManualClock();
  const twin = await startScimTwin(t, rules);
  const connector = connectTo(twin, options, { ...spoilable, clock });
  t.teardown(() => connector.close());
  const { state } = twin;
  const count = Math.min(rules.paging.cap, 100);
  const { noSeat, groups } = rules;
  return {
    connector,
    spoiler: twin.spoiler,
    severalPages: 2 * count + 1,
    seat: noSeat === null ? null : ("standard" as Seat),
    unknownAccount: rules.newId(99_999) as AccountId,
    now: () => clock.now(),
    addAccount: (profile) => Promise.resolve(addPerson(twin, profile)),
    ...(groups === "none" ? {} : { addGroup: (name) => Promise.resolve(addGroup(twin, name)) }),
    accounts: () => Promise.resolve(accountsOf(twin, options)),
    groupNames: () =>
      Promise.resolve(
        groups === "resource" ? state.groups().map(({ attributes }) => String(attributes["displayName"])) : [],
      ),
    mails: () => Promise.resolve(state.mails()),
    writes: () => Promise.resolve(twin.writes().length),
    fail: (fault) => Promise.resolve(twin.fail(fault)),
    failSecondPage: () => Promise.resolve(twin.failPage("accounts", 2)),
    heal: () => Promise.resolve(twin.heal()),
    ...(noSeat === null ? {} : { fillSeats: () => Promise.resolve(state.setSeats(state.users().length)) }),
  };
}

/** Somebody of the product whom no directory knows: whoever else leaves, an account is left. */
export const OWNER = { email: "owner@acme.example", displayName: "Olga Owner", givenName: "Olga", familyName: "Owner" };

/** Somebody whom no bridge made. Attributes that the vendor does not store are left out. */
export function addPerson({ state, rules }: ScimTwin, profile: AccountProfile, more: Attributes = {}): AccountId {
  const { email, displayName, givenName, familyName, timezone, locale } = profile;
  const all: Attributes = {
    userName: email,
    displayName,
    ...(givenName === undefined && familyName === undefined ? {} : { name: { givenName, familyName } }),
    emails: [{ value: email, type: "work", primary: true }],
    timezone,
    locale,
    active: true,
    ...more,
  };
  const kept = Object.entries(all).filter(([name, value]) => rules.stores.includes(name) && value !== undefined);
  const made = state.addUser(JSON.parse(JSON.stringify(Object.fromEntries(kept))) as Attributes);
  if (typeof made !== "string") throw new Error(`The twin refused ${email}: ${made.fault}.`);
  return made as AccountId;
}

function addGroup({ state, rules }: ScimTwin, name: string): ProductGroupId {
  return (rules.groups === "resource" ? state.addGroup(name) : name) as ProductGroupId;
}

/** Everybody, as a connector with these options is to show them. */
export function accountsOf(
  { state, rules }: ScimTwin,
  { recipe, seat }: Partial<ScimConnectorOptions>,
): readonly ObservedAccount[] {
  const checked = recipe === undefined ? STANDARD_RECIPE : parseScimRecipe(readRecipe(recipe), recipe);
  const pool = checked.seats === "implied" ? ((seat ?? "standard") as Seat) : null;
  const groupsOf = (id: string) =>
    state
      .groups()
      .filter((group) => memberIds(group).includes(id))
      .map((group) => group.id as ProductGroupId);
  const reading = { recipe: checked, pool, ...(rules.groups === "resource" ? { groupsOf } : {}) };
  return state.users().map((user) => toAccount(readUser(showUser(user, state, rules), rules.name), reading));
}
