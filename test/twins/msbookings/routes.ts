import { z } from "zod";
import { empty, json, type TwinAnswer } from "../kit/answers.ts";
import { route, wholeNumber, type TwinRequest, type TwinRoute } from "../kit/route.ts";
import { MOST_STAFF, ROLES, type Appointment, type BookingsState, type StaffMember } from "./state.ts";

const BUSINESS = "/solutions/bookingBusinesses/:business";
const words = z.string().regex(/\S/, "must not be empty");
const anId = z.string().regex(/^[\w=-]+$/, "is no id of Graph's");
const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const odataType = z.literal("#microsoft.graph.bookingStaffMember");
const count = {
  $count: z.enum(["true", "false"]).exactOptional(),
  $skiptoken: wholeNumber(1, 1_000_000).exactOptional(),
};
const newMember = z.strictObject({
  "@odata.type": odataType,
  displayName: words,
  emailAddress: z.email(),
  role: z.enum(ROLES),
  timeZone: words.exactOptional(),
});
const changedMember = z.strictObject({
  "@odata.type": odataType,
  displayName: words.exactOptional(),
  emailAddress: z.email().exactOptional(),
  role: z.enum(ROLES).exactOptional(),
  timeZone: words.exactOptional(),
});

/** What is open in the documentation, or differs between its pages. */
export interface BookingsHabits {
  /** Items of a page; Graph chooses it. */
  readonly pageSize: number;
  /** A list of staff shows ids only (learn.microsoft.com, questions 1825379). */
  readonly listsIdsOnly: boolean;
  /** Names of the times of an appointment: the pages of `calendarView` and of `appointments` differ. */
  readonly times: readonly ["start", "end"] | readonly ["startDateTime", "endDateTime"];
}

/** The operations of Graph v1.0 on one business over a state. */
export function bookingsRoutes(state: BookingsState, habits: BookingsHabits): readonly TwinRoute[] {
  const routes = [
    businessRoute(),
    ...staffRoutes(state, habits),
    ...changeRoutes(state),
    ...appointmentRoutes(state, habits),
  ];
  return routes.map((one) => within(one, state));
}

/** Every operation names the business, which has to be the right one. */
function within(one: TwinRoute, { business }: BookingsState): TwinRoute {
  return {
    ...one,
    check(raw) {
      const named = z.object({ business: z.string() }).safeParse(raw.params).data?.business;
      return named === business ? one.check(raw) : { problems: null, run: () => notFound() };
    },
  };
}

function businessRoute(): TwinRoute {
  return route("GET", BUSINESS, { params: z.object({ business: z.string() }) }, ({ params: { business } }) =>
    json(200, { id: business, displayName: "Acme", publicUrl: null }),
  );
}

function staffRoutes(state: BookingsState, habits: BookingsHabits): readonly TwinRoute[] {
  return [
    route("GET", `${BUSINESS}/staffMembers`, { query: z.strictObject(count), list: "accounts" }, (request) => {
      const all = [...state.staff.values()];
      const { items, next } = cut(all, request, habits);
      const value = items.map((member) =>
        habits.listsIdsOnly ? { "@odata.type": odataType.value, id: member.id } : staffItem(member, request),
      );
      return json(200, { ...(request.query.$count === "true" ? { "@odata.count": all.length } : {}), value, ...next });
    }),
    route("GET", `${BUSINESS}/staffMembers/:id`, {}, (request) => {
      const member = state.staff.get(request.params["id"] ?? "");
      return member === undefined ? notFound() : json(200, staffItem(member, request));
    }),
  ];
}

function changeRoutes(state: BookingsState): readonly TwinRoute[] {
  const member = { params: z.object({ business: z.string(), id: anId }) };
  return [
    // How the cap is worded is not documented, and neither is what becomes of an address that is taken.
    route("POST", `${BUSINESS}/staffMembers`, { body: newMember }, (request) => {
      const { "@odata.type": _, ...given } = request.body;
      const isTaken = [...state.staff.values()].some((one) => sameAddress(one.emailAddress, given.emailAddress));
      if (isTaken) request.violate("nobody knows what becomes of a second staff member with one address");
      if (state.staff.size >= MOST_STAFF) {
        return refusal(400, "ErrorExceededStaffLimit", `The maximum number of staff members is ${MOST_STAFF}.`);
      }
      const added = state.addStaff(given);
      return json(201, { "@odata.type": odataType.value, ...staffItem(added, request) });
    }),
    route("PATCH", `${BUSINESS}/staffMembers/:id`, { ...member, body: changedMember }, ({ params, body }) => {
      const { "@odata.type": _, ...given } = body;
      const found = state.staff.get(params.id);
      if (found === undefined) return notFound();
      state.putStaff({ ...found, ...given });
      return empty(204);
    }),
    route("DELETE", `${BUSINESS}/staffMembers/:id`, member, ({ params, violate }) => {
      if (!state.staff.has(params.id)) return notFound();
      const left = state.upcomingOf(params.id).length;
      if (left > 0) violate(`nobody knows what becomes of the ${left} upcoming appointments`);
      state.removeStaff(params.id);
      return empty(204);
    }),
  ];
}

function appointmentRoutes(state: BookingsState, habits: BookingsHabits): readonly TwinRoute[] {
  const window = z.strictObject({ start: time, end: time, ...count });
  const appointment = { params: z.object({ business: z.string(), id: anId }) };
  const body = z.strictObject({ cancellationMessage: z.string() });
  return [
    route("GET", `${BUSINESS}/calendarView`, { query: window, list: "bookings" }, (request) => {
      const { start, end } = request.query;
      const found = [...state.appointments.values()].filter(({ startsMs, endsMs }) => endsMs > start && startsMs < end);
      const { items, next } = cut(found, request, habits);
      return json(200, { value: items.map((one) => appointmentItem(one, habits)), ...next });
    }),
    route("POST", `${BUSINESS}/appointments/:id/cancel`, { ...appointment, body }, (request) => {
      const found = state.appointments.get(request.params.id);
      if (found === undefined) return notFound();
      state.cancel(found, request.body.cancellationMessage);
      return empty(204);
    }),
  ];
}

/** Newer roles are shown only to those who ask for them (evolvable enumerations). */
function staffItem(member: StaffMember, { headers }: Pick<TwinRequest, "headers">): Readonly<Record<string, unknown>> {
  const isNew = member.role === "scheduler" || member.role === "teamMember";
  const knows = String(headers["prefer"] ?? "").includes("include-unknown-enum-members");
  return {
    ...member,
    role: isNew && !knows ? "unknownFutureValue" : member.role,
    availabilityIsAffectedByPersonalCalendar: false,
    useBusinessHours: true,
    isEmailNotificationEnabled: true,
    workingHours: [],
  };
}

/** In a list, customers are left out: only their number is there. */
function appointmentItem(appointment: Appointment, { times: [start, end] }: BookingsHabits): unknown {
  const at = (ms: number) => ({
    dateTime: new Date(ms).toISOString().replace(/\.\d{3}Z$/, ".0000000Z"),
    timeZone: "UTC",
  });
  return {
    id: appointment.id,
    serviceName: "Intro call",
    staffMemberIds: appointment.staff,
    customers: [],
    maximumAttendeesCount: 5,
    filledAttendeesCount: appointment.customers.length,
    [start]: at(appointment.startsMs),
    [end]: at(appointment.endsMs),
  };
}

type Paged = Pick<TwinRequest<unknown, { readonly $skiptoken?: number | undefined }>, "query" | "baseUrl" | "path">;

/** A page, and the whole address of the next one, which repeats what was asked. */
function cut<T>(all: readonly T[], { query, baseUrl, path }: Paged, { pageSize }: BookingsHabits) {
  const skip = query.$skiptoken ?? 0;
  const end = skip + pageSize;
  const asked = Object.entries(query).map(([key, value]): [string, string] => [key, textOf(key, value)]);
  const next = new URLSearchParams([...asked.filter(([key]) => key !== "$skiptoken"), ["$skiptoken", String(end)]]);
  const isLast = end >= all.length;
  return {
    items: all.slice(skip, end),
    next: isLast ? {} : { "@odata.nextLink": `${baseUrl}${path}?${next.toString()}` },
  };
}

function textOf(key: string, value: unknown): string {
  return key === "start" || key === "end" ? new Date(Number(value)).toISOString() : String(value);
}

/** An error as Graph words it. */
export function refusal(status: number, code: string, message = code): TwinAnswer {
  return json(status, { error: { code, message, innerError: { "request-id": "0", date: "2026-11-23T09:00:00" } } });
}

function notFound(): TwinAnswer {
  return refusal(404, "ErrorItemNotFound", "The specified object was not found in the store.");
}

function sameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
