import { z } from "zod";
import { json, TwinRefusal } from "../kit/answers.ts";
import { route, type TwinRoute } from "../kit/route.ts";
import { denied, notFound, page, paging } from "./pages.ts";
import { mustBeAdmin, uriOf } from "./rights.ts";
import { membershipOf } from "./state.ts";
import type { CalendlyEvent, CalendlyState } from "./state.ts";
import { createCalendlyShapes } from "./wire.ts";

const microsecondTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, "must be UTC with six decimals");

const query = z.strictObject({
  organization: uriOf("organizations").exactOptional(),
  user: uriOf("users").exactOptional(),
  invitee_email: z.string().exactOptional(),
  status: z.enum(["active", "canceled"]).exactOptional(),
  min_start_time: microsecondTime.exactOptional(),
  max_start_time: microsecondTime.exactOptional(),
  sort: z.enum(["start_time:asc", "start_time:desc"]).exactOptional(),
  ...paging,
});

/** Meetings: listed with their filters, cancelled one by one. */
export function eventRoutes(state: CalendlyState): readonly TwinRoute[] {
  return [
    route("GET", "/scheduled_events", { query, list: "events" }, (request) => {
      const { organization, user, status, min_start_time: min, max_start_time: max, sort } = request.query;
      mustSee(state, organization, user);
      const found = [...state.events.values()]
        .filter(
          (event) =>
            (user === undefined || event.hosts.includes(user)) &&
            (status === undefined || (event.cancellation === null) === (status === "active")) &&
            (min === undefined || Date.parse(event.startsAt) >= Date.parse(min)) &&
            (max === undefined || Date.parse(event.startsAt) <= Date.parse(max)),
        )
        .sort((one, other) => (one.startsAt < other.startsAt ? -1 : 1));
      const sorted = sort === "start_time:desc" ? found.reverse() : found;
      return page(request, sorted, createCalendlyShapes(state, request.baseUrl).event);
    }),
    route(
      "POST",
      "/scheduled_events/:id/cancellation",
      { body: z.strictObject({ reason: z.string().max(10_000).exactOptional() }) },
      ({ params, body }) => {
        const event = state.events.get(params["id"] ?? "");
        if (event === undefined) return notFound();
        mustCancel(state, event);
        const reason = body.reason ?? null;
        event.cancellation = { reason };
        for (const to of [...event.invitees, ...event.guests]) state.mails.push({ to, event: event.id, reason });
        const by = state.users.get(state.tokenOwner)?.name ?? "";
        return json(201, { resource: { canceled_by: by, reason, canceler_type: "host", created_at: state.now() } });
      },
    ),
  ];
}

/** Whose meetings the owner of the token may see. */
function mustSee(state: CalendlyState, organization: string | undefined, user: string | undefined): void {
  if (user === undefined || user === state.tokenOwner) return;
  if (organization === undefined) {
    const message = "Please also specify organization when requesting events for a user within your organization.";
    throw new TwinRefusal(denied(message));
  }
  mustBeAdmin(state);
  if (membershipOf(state, user) === undefined) throw new TwinRefusal(denied("This user is not in your organization"));
}

function mustCancel(state: CalendlyState, event: CalendlyEvent): void {
  if (event.cancellation !== null) throw new TwinRefusal(denied("Event is already canceled"));
  if (event.startsAt <= state.now()) throw new TwinRefusal(denied("Event in the past"));
  const isOurs = event.hosts.some((host) => membershipOf(state, host) !== undefined);
  const role = membershipOf(state, state.tokenOwner)?.role;
  const mayCancel = role === "owner" || role === "admin" || event.hosts.includes(state.tokenOwner);
  if (!isOurs || !mayCancel) throw new TwinRefusal(denied("You are not allowed to cancel this event"));
}
