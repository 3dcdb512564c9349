import Router from "@koa/router";
import type { RouterContext } from "@koa/router";
import type { z } from "zod";
import { readJsonBody } from "../lib/read-body.ts";
import { faultBody } from "./faults.ts";
import type { Faults } from "./faults.ts";
import type { Ledger } from "./ledger.ts";
import { cutPage, mapPage } from "./page.ts";
import type { Page } from "./page.ts";
import type { Booking } from "./records.ts";
import type { RequestState, SandboxContext } from "./request-state.ts";
import * as request from "./requests.ts";
import type { SandboxState } from "./state.ts";
import type { Row } from "./table.ts";

const MAX_BODY_BYTES = 1_000_000;

type SandboxRouter = Router<RequestState>;
type RoutedContext = RouterContext<RequestState>;

/** Every operation of product.md section 12. */
export function createRoutes(state: SandboxState, ledger: Ledger, faults: Faults): SandboxRouter {
  const router: SandboxRouter = new Router<RequestState>({ prefix: "/v1" });
  memberRoutes(router, state);
  seatAndGroupRoutes(router, state);
  bookingRoutes(router, state);
  controlRoutes(router, state, ledger, faults);
  return router;
}

function memberRoutes(router: SandboxRouter, { members, ...state }: SandboxState): void {
  router.get("/members", (ctx) => {
    const query = request.check(request.memberQuery, ctx.query);
    ctx.body = cutPage(members.rows(query.email), query);
  });
  router.post("/members", async (ctx) => {
    const member = members.create(request.toMemberFields(await body(ctx, request.memberBody)));
    ctx.state.memberId = member.id;
    ctx.status = 201;
    ctx.body = member;
  });
  router.get("/members/:id", (ctx) => void (ctx.body = members.get(memberId(ctx))));
  router.patch("/members/:id", async (ctx) => {
    const id = memberId(ctx);
    ctx.body = members.update(id, await body(ctx, request.memberPatch));
  });
  router.delete("/members/:id", (ctx) => {
    state.deleteMember(memberId(ctx));
    ctx.status = 204;
  });
  router.post("/members/:id/deactivate", (ctx) => void (ctx.body = members.deactivate(memberId(ctx))));
  router.post("/members/:id/reactivate", (ctx) => void (ctx.body = members.reactivate(memberId(ctx))));
  router.put("/members/:id/seat", async (ctx) => {
    const id = memberId(ctx);
    const { seat } = await body(ctx, request.seatBody);
    const { member, taken } = members.assignSeat(id, seat);
    ctx.status = taken ? 201 : 200;
    ctx.body = member;
  });
  router.delete("/members/:id/seat", (ctx) => {
    members.releaseSeat(memberId(ctx));
    ctx.status = 204;
  });
}

function seatAndGroupRoutes(router: SandboxRouter, { seats, groups, members, organization }: SandboxState): void {
  router.get("/seats", (ctx) => void (ctx.body = { organizationId: organization, pools: seats.pools() }));
  router.get("/groups", (ctx) => void (ctx.body = list(ctx, groups.rows())));
  router.post("/groups", async (ctx) => {
    const { name } = await body(ctx, request.groupBody);
    ctx.body = groups.create(name);
    ctx.status = 201;
  });
  router.put("/groups/:id/members/:memberId", (ctx) => {
    const member = memberId(ctx, "memberId");
    const added = groups.addMember(param(ctx, "id"), member);
    ctx.body = added ? members.get(member) : null;
    ctx.status = added ? 201 : 204;
  });
  router.delete("/groups/:id/members/:memberId", (ctx) => {
    groups.removeMember(param(ctx, "id"), memberId(ctx, "memberId"));
    ctx.status = 204;
  });
}

function bookingRoutes(router: SandboxRouter, { bookings }: SandboxState): void {
  const show = (booking: Booking) => {
    const { id, hostId, title, startsAt, endsAt, guests, seriesId } = booking;
    return { id, hostId, title, startsAt, endsAt, status: bookings.status(booking), guests, seriesId };
  };
  /** Notes the host for the ledger. */
  const hosted = (ctx: RoutedContext): string => {
    const id = param(ctx, "id");
    ctx.state.memberId = bookings.get(id).hostId;
    return id;
  };
  router.get("/bookings", (ctx) => {
    const query = request.check(request.bookingQuery, ctx.query);
    ctx.body = mapPage(cutPage(bookings.rows(query), query), show);
  });
  router.post("/bookings", async (ctx) => {
    const fields = await body(ctx, request.bookingBody);
    ctx.state.memberId = fields.hostId;
    ctx.body = show(bookings.create(fields));
    ctx.status = 201;
  });
  router.get("/bookings/:id", (ctx) => void (ctx.body = show(bookings.get(param(ctx, "id")))));
  router.post("/bookings/:id/cancel", async (ctx) => {
    const { reason } = await body(ctx, request.cancelBody);
    ctx.body = show(bookings.cancel(hosted(ctx), reason));
  });
  router.post("/bookings/:id/reassign", async (ctx) => {
    const { hostId } = await body(ctx, request.reassignBody);
    ctx.body = show(bookings.reassign(hosted(ctx), hostId));
  });
}

/** What watches and steers the sandbox itself. */
function controlRoutes(router: SandboxRouter, { outbox }: SandboxState, ledger: Ledger, faults: Faults): void {
  router.get("/outbox", (ctx) => void (ctx.body = list(ctx, outbox.rows())));
  router.get("/calls", (ctx) => void (ctx.body = list(ctx, ledger.rows())));
  router.get("/faults", (ctx) => {
    const items = faults.list();
    ctx.body = { items, nextCursor: null, total: items.length };
  });
  router.post("/faults", async (ctx) => {
    ctx.body = faults.add(await body(ctx, faultBody));
    ctx.status = 201;
  });
  router.delete("/faults", (ctx) => {
    faults.clear();
    ctx.status = 204;
  });
}

function list<T>(ctx: SandboxContext, rows: readonly Row<T>[]): Page<T> {
  return cutPage(rows, request.check(request.pageQuery, ctx.query));
}

function param(ctx: RoutedContext, name: string): string {
  return ctx.params[name] ?? "";
}

/** The member that the path names, noted for the ledger. */
function memberId(ctx: RoutedContext, name = "id"): string {
  ctx.state.memberId = param(ctx, name);
  return ctx.state.memberId;
}

async function body<S extends z.ZodType>(ctx: SandboxContext, schema: S): Promise<z.output<S>> {
  return request.check(schema, await readJsonBody(ctx.req, { maxBytes: MAX_BODY_BYTES }));
}
