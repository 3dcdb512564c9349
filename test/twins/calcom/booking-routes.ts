import { z } from "zod";
import { json, type TwinAnswer } from "../kit/answers.ts";
import { route, type TwinRoute } from "../kit/route.ts";
import { refuse, showBooking, success } from "./answers.ts";
import { number, pageOf, paging } from "./people-routes.ts";
import type { CalcomBooking, CalcomState } from "./state.ts";

/** Without it the real one answers as it did in an older version, and says nothing of it. */
const headers = z.object({ "cal-api-version": z.literal("2024-08-13", "must be 2024-08-13") });
const listing = z.strictObject({
  status: z.enum(["upcoming", "recurring", "past", "cancelled", "unconfirmed"]),
  sortStart: z.enum(["asc", "desc"]).exactOptional(),
  afterStart: z.iso.datetime().exactOptional(),
  ...paging,
});
const uid = z.string().regex(/^[\w-]+$/);
const user = z.object({ org: number, user: number });
const reassignment = z.object({ uid, user: number });
const cancellation = z.strictObject({
  cancellationReason: z.string().min(1).exactOptional(),
  cancelSubsequentBookings: z.boolean().exactOptional(),
});

/** Bookings, by version 2024-08-13. `now` tells the time, RFC 3339. */
export function bookingRoutes(state: CalcomState, now: () => string): readonly TwinRoute[] {
  const one = (id: string, message: string): CalcomBooking =>
    state.bookings.get(id) ?? refuse(404, "NotFoundException", message);
  return [
    route("GET", "/organizations/:org/users/:user/bookings", { params: user, query: listing, headers }, (request) => {
      const { params, query } = request;
      const whose = state.users.get(params.user);
      if (whose === undefined || whose.profile === null) return refuse(403, "ForbiddenException", "Forbidden resource");
      const found = [...state.bookings.values()]
        .filter(({ host, attendees }) => host === whose.id || attendees.includes(whose.email))
        .filter((booking) => isListed(booking, query.status, now()))
        .sort((a, b) => a.start.localeCompare(b.start));
      const { take = 100, skip = 0 } = query;
      const page = pageOf(found, { take, skip });
      return success(
        200,
        page.map((booking) => showBooking(state, booking)),
        { pagination: { returnedItems: page.length, totalItems: found.length, itemsPerPage: take } },
      );
    }),
    route("GET", "/bookings/:uid", { params: z.object({ uid }), headers }, ({ params }) =>
      success(200, showBooking(state, one(params.uid, `Booking with uid=${params.uid} was not found in the database`))),
    ),
    route("POST", "/bookings/:uid/cancel", { params: z.object({ uid }), headers, body: cancellation }, (request) => {
      const booking = one(request.params.uid, `Booking with uid=${request.params.uid} not found`);
      const { cancellationReason: reason = "", cancelSubsequentBookings: all } = request.body;
      if (all === true) request.violate("bookings that nobody had listed would be cancelled, too");
      return cancel(state, booking, reason, now());
    }),
    route(
      "POST",
      "/bookings/:uid/reassign/:user",
      { params: reassignment, headers, body: z.strictObject({ reason: z.string().min(1).exactOptional() }) },
      ({ params, body }) => {
        const booking = one(params.uid, `Booking with uid=${params.uid} was not found in the database`);
        return reassign(state, booking, params.user, body.reason ?? "");
      },
    ),
  ];
}

/** A booking of a series is under `upcoming` and `recurring`; one that waits for confirmation under neither of its own. */
function isListed({ status, end, series }: CalcomBooking, asked: string, now: string): boolean {
  const isOver = end < now;
  switch (asked) {
    case "upcoming":
      return !isOver && status === "accepted";
    case "recurring":
      return !isOver && series !== null && (status === "accepted" || status === "pending");
    case "unconfirmed":
      return !isOver && status === "pending";
    case "past":
      return isOver && status === "accepted";
    default:
      return status === "cancelled";
  }
}

/** With an administrator's key, all seats at once. */
function cancel(state: CalcomState, booking: CalcomBooking, reason: string, now: string): TwinAnswer {
  const { uid: id, status, end } = booking;
  if (status === "cancelled") {
    refuse(400, "BadRequestException", `Can't cancel booking with uid=${id} because it has been cancelled already.`);
  }
  // A library throws this, past the envelope.
  if (end < now) return json(400, { statusCode: 400, message: "Cannot cancel a booking that has already ended" });
  const cancelled = { ...booking, status: "cancelled" } as const;
  state.bookings.set(id, cancelled);
  for (const to of booking.attendees) state.guestMails.push({ to, uid: id, reason });
  return success(200, showBooking(state, cancelled));
}

function reassign(state: CalcomState, booking: CalcomBooking, to: number, reason: string): TwinAnswer {
  const { uid: id, pool } = booking;
  if (!state.users.has(to)) refuse(404, "NotFoundException", `User with id=${to} was not found in the database`);
  const mayHost = pool === "anybody" || pool?.includes(to) === true;
  if (!mayHost) refuse(400, "BadRequestException", `User with id=${to} is not a valid Round Robin host`);
  const moved = { ...booking, host: to };
  state.bookings.set(id, moved);
  for (const guest of booking.attendees) state.guestMails.push({ to: guest, uid: id, reason });
  return success(200, { bookingUid: id, reassignedTo: { id: to }, reason });
}
