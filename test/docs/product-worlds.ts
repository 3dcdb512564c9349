/** An imitation of each product, and what somebody does there while the page about it is told. */
import type { ExecutionContext } from "ava";
import type { JsonObject } from "../../src/domain/json.ts";
import { createAmbient } from "../../src/runtime/ambient.ts";
import { createManualClock, type ManualClock } from "../support/manual-clock.ts";
import { addPerson, OWNER } from "../support/scim-products.ts";
import { addBooking, addMember, createCalcomState, userByEmail } from "../twins/calcom/state.ts";
import { CALCOM_TOKEN, startCalcomTwin } from "../twins/calcom/twin.ts";
import { liveClock } from "../twins/calendly/live-clock.ts";
import { accept, addEvent, userByEmail as calendlyUser } from "../twins/calendly/state.ts";
import { CALENDLY_TOKEN, startCalendlyTwin } from "../twins/calendly/twin.ts";
import { API_KEY, startChiliPiper } from "../twins/chilipiper/twin.ts";
import { ADMIN, startLibreBooking } from "../twins/librebooking/twin.ts";
import { APPLICATION } from "../twins/msbookings/login.ts";
import { BUSINESS, startBookings } from "../twins/msbookings/twin.ts";
import { SCIM_TOKEN } from "../twins/scim-product/manners.ts";
import { startScimTwin } from "../twins/scim-product/twin.ts";
import { CALENDARBRIDGE, FREEBUSY, LINKTIME, type ScimVendorRules } from "../twins/scim-product/vendor-rules.ts";
import { SILENT } from "./command-line.ts";

/** A product that listens. */
export interface ProductWorld {
  /** What of the page's `product` only this imitation knows. */
  readonly product: JsonObject;
  /** The value of each environment variable that the page names. */
  readonly secret: string;
  /** Whom the IdP pushes beside Ana and Bo. */
  readonly others?: readonly string[];
  /** What came that the vendor does not allow, which is then forgotten. */
  readonly takeViolations: () => readonly string[];
  /** What is done in the product before the IdP pushes Ana and Bo, after, and before Ana leaves. */
  before?(): void;
  after?(): void;
  /** Ana has a meeting in a day. */
  book?(): void;
}

const ANA = "ana@acme.example";
const HOURS = 24;

/** By the name of the page. */
export const PRODUCT_WORLDS: Readonly<Record<string, (t: ExecutionContext) => Promise<ProductWorld>>> = {
  async calendly(t) {
    const { url, state, takeViolations } = await startCalendlyTwin(t, liveClock);
    return {
      product: { baseUrl: url },
      secret: CALENDLY_TOKEN,
      takeViolations,
      after: () => void accept(state, ANA, { name: "Ana" }),
      book: () => void addEvent(state, [calendlyUser(state, ANA)?.id ?? ""], HOURS),
    };
  },
  async "cal-com"(t) {
    const state = createCalcomState({ requestsPerMinute: 5_000 });
    const { url, takeViolations } = await startCalcomTwin(t, createAmbient(SILENT).clock, state);
    return {
      product: { baseUrl: url },
      secret: CALCOM_TOKEN,
      takeViolations,
      others: ["cy"],
      before: () => void addMember(state, { email: "cy@acme.example", name: "Cy" }),
      book() {
        const start = new Date(Date.now() + HOURS * 3_600_000).toISOString();
        addBooking(state, { host: userByEmail(state, ANA)?.id ?? 0, start });
      },
    };
  },
  calendarbridge: overScim(CALENDARBRIDGE),
  freebusy: overScim(FREEBUSY),
  linktime: overScim(LINKTIME),
  async "chili-piper"(t) {
    const { url, state, takeViolations } = await startChiliPiper(t, {}, clock());
    const settings = { workspaceId: state.workspaceId, meetingLength: "30m" };
    return {
      product: { baseUrl: url, settings },
      secret: API_KEY,
      takeViolations,
      before() {
        for (const name of ["ana", "bo"]) state.addUser(`${name} Test`, `${name}@acme.example`);
      },
      book: () =>
        void state.addMeeting(
          idOf(state.users, ({ email }) => email),
          HOURS,
          ["gus@guest.example"],
        ),
    };
  },
  async librebooking(t) {
    const { url, state, takeViolations } = await startLibreBooking(t, clock());
    return {
      product: {
        baseUrl: url,
        settings: {
          username: ADMIN.userName,
          password: { env: "LIBREBOOKING_PASSWORD" },
          timezone: "Europe/Berlin",
          language: "en_us",
        },
      },
      secret: ADMIN.password,
      takeViolations,
      book() {
        const owner = idOf(state.users, ({ emailAddress }) => emailAddress);
        state.addReservation({ owner, hours: HOURS, participatingGuests: ["gus@guest.example"] });
      },
    };
  },
  async "microsoft-bookings"(t) {
    const { url, login, state, takeViolations } = await startBookings(t, {}, clock());
    const { tenant, clientId, clientSecret } = APPLICATION;
    const settings = {
      ...{ tenant, clientId, business: BUSINESS, login: login.url },
      clientSecret: { env: "BOOKINGS_SECRET" },
      role: "externalGuest",
    };
    return {
      product: { baseUrl: url, settings },
      secret: clientSecret,
      takeViolations,
      book() {
        const id = idOf(state.staff, ({ emailAddress }) => emailAddress);
        state.addAppointment([id], HOURS, ["gus@guest.example"]);
      },
    };
  },
};

function overScim(rules: ScimVendorRules): (t: ExecutionContext) => Promise<ProductWorld> {
  return async (t) => {
    const twin = await startScimTwin(t, rules);
    addPerson(twin, OWNER);
    return { product: { baseUrl: twin.url }, secret: SCIM_TOKEN, takeViolations: () => twin.takeViolations() };
  };
}

function clock(): ManualClock {
  return createManualClock(new Date().toISOString());
}

/** The id of Ana. Throws while she has no account. */
function idOf<Id, Account extends { readonly id: Id }>(
  accounts: ReadonlyMap<Id, Account>,
  emailOf: (account: Account) => string,
): Id {
  const found = [...accounts.values()].find((account) => emailOf(account) === ANA);
  if (found === undefined) throw new Error("Ana has no account.");
  return found.id;
}
