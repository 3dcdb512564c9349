import type Router from "@koa/router";
import type { Log } from "../ports/ambient.ts";
import { bulkResponse, MAX_BULK_BYTES } from "../scim/bulk.ts";
import { parseBulk } from "../scim/parse-bulk.ts";
import { codeOf, toAnswer } from "./answers.ts";
import { runBulk } from "./bulk-run.ts";
import type { Endpoint } from "./endpoint.ts";
import { sendScim } from "./middleware.ts";
import { onlyMethods } from "./refusals.ts";
import { bodyOf, originOf } from "./scim-request.ts";
import type { RequestState } from "./state.ts";

/** What the bulk endpoint needs. `location` is the SCIM base. */
export interface BulkRouteDeps {
  readonly endpoints: readonly Endpoint[];
  readonly location: string;
  readonly log: Log;
}

/** `POST /Bulk` (RFC 7644 section 3.7): 200 whatever becomes of single operations. */
export function bulkRoute(router: Router<RequestState>, { endpoints, location, log }: BulkRouteDeps): void {
  router.post("/Bulk", async (ctx) => {
    const request = parseBulk(await bodyOf(ctx, MAX_BULK_BYTES));
    const { requestId } = ctx.state;
    const results = await runBulk(request, {
      origin: originOf(ctx),
      endpoints,
      location,
      answerTo(error) {
        const answer = toAnswer(error, requestId);
        if (answer.isOurs) log.error("request.failed", { requestId, code: codeOf(error) }, error);
        return answer;
      },
    });
    sendScim(ctx, 200, bulkResponse(results));
  });
  router.all("/Bulk", onlyMethods("POST"));
}
