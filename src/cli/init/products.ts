/** What `init` can set up, in the order in which people read it. */
export const PRODUCTS = [
  "sandbox",
  "linktime",
  "calendarbridge",
  "freebusy",
  "calendly",
  "calcom",
  "librebooking",
  "chilipiper",
  "microsoft-bookings",
  "scim",
  "recipe",
] as const;

/** One of them: a product that is known, any other that speaks SCIM, or a recipe of one's own. */
export type ProductName = (typeof PRODUCTS)[number];

/** What is known of a product beforehand; the rest is asked. */
export interface ProductTraits {
  /** As people call it. */
  readonly title: string;
  /** Its page among the guides; null: it has none. */
  readonly page: string | null;
  /** Begins the names of environment variables that hold its secrets. */
  readonly prefix: string;
  /** The variable that its guide names for the token. */
  readonly tokenVariable: string;
  /** A cautious guess at its rate limit, requests a minute, where it publishes none. */
  readonly perMinute?: number;
  /** Places that it has and does not tell of. */
  readonly places?: number;
  /** Nobody can cancel the bookings of its leavers. */
  readonly keepsBookings?: true;
  /** How its seats are named, where that has to be said. */
  readonly seatExample?: string;
}

/** What is known of each. */
export const TRAITS: Readonly<Record<ProductName, ProductTraits>> = {
  sandbox: { title: "the sandbox", page: null, prefix: "SANDBOX", tokenVariable: "SANDBOX_TOKEN" },
  linktime: { title: "LinkTime", page: "linktime", prefix: "LINKTIME", tokenVariable: "LINKTIME_TOKEN" },
  calendarbridge: {
    title: "CalendarBridge",
    page: "calendarbridge",
    prefix: "CALENDARBRIDGE",
    tokenVariable: "CALENDARBRIDGE_TOKEN",
    keepsBookings: true,
  },
  freebusy: {
    title: "FreeBusy",
    page: "freebusy",
    prefix: "FREEBUSY",
    tokenVariable: "FREEBUSY_KEY",
    keepsBookings: true,
  },
  calendly: { title: "Calendly", page: "calendly", prefix: "CALENDLY", tokenVariable: "CALENDLY_TOKEN" },
  calcom: { title: "Cal.com", page: "cal-com", prefix: "CALCOM", tokenVariable: "CALCOM_KEY" },
  librebooking: {
    title: "LibreBooking",
    page: "librebooking",
    prefix: "LIBREBOOKING",
    tokenVariable: "LIBREBOOKING_TOKEN",
    perMinute: 300,
  },
  chilipiper: {
    title: "Chili Piper",
    page: "chili-piper",
    prefix: "CHILI_PIPER",
    tokenVariable: "CHILI_PIPER_KEY",
    perMinute: 120,
    seatExample: "concierge or distro+concierge",
  },
  "microsoft-bookings": {
    title: "Microsoft Bookings",
    page: "microsoft-bookings",
    prefix: "BOOKINGS",
    tokenVariable: "BOOKINGS_TOKEN",
    perMinute: 300,
    places: 100,
  },
  scim: { title: "a SCIM product", page: "README", prefix: "PRODUCT", tokenVariable: "PRODUCT_TOKEN" },
  recipe: { title: "the product of the recipe", page: null, prefix: "PRODUCT", tokenVariable: "PRODUCT_TOKEN" },
};

/** A product as people call it, by its name in plans and logs; a recipe of somebody's own says its name itself. */
export function productTitle(name: string): string {
  const known = PRODUCTS.find((product) => product === name);
  if (known === undefined) return name;
  return known === "scim" || known === "recipe" ? "the product" : TRAITS[known].title;
}
