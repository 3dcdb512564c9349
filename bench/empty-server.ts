import { createServer } from "node:http";
import Router from "@koa/router";
import Koa from "koa";
import { answerAddress } from "./children.ts";

// The floor of HTTP: a Koa route that does nothing. A body that is sent is taken in and forgotten.

const router = new Router();
router.get("/empty", (ctx) => {
  ctx.body = {};
});
router.post("/empty", async (ctx) => {
  for await (const _chunk of ctx.req);
  ctx.status = 201;
  ctx.body = {};
});
const app = new Koa();
app.use(router.routes());
const listener = app.callback();
const server = createServer((request, response) => void listener(request, response));
server.listen(0, "127.0.0.1", () => answerAddress(server));
