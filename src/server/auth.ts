import { ForbiddenError } from "../domain/errors.ts";
import type { DirectoryId } from "../domain/directory.ts";
import type { TokenOffice } from "../engine/tokens.ts";
import type { TokenScope } from "../ports/tokens.ts";
import type { Context, Middleware } from "./state.ts";

/** Lets through whoever holds a token of one of these scopes; 401 without a token, 403 with one of another scope. */
export function requireToken(office: TokenOffice, scopes: readonly TokenScope[]): Middleware {
  return async (ctx, next) => {
    const caller = await office.authenticate(ctx.get("Authorization") || undefined);
    if (!scopes.includes(caller.scope)) {
      throw new ForbiddenError(
        `This token has the scope "${caller.scope}"; this needs ${scopes.map((scope) => `"${scope}"`).join(" or ")}.`,
      );
    }
    ctx.state.caller = caller;
    await next();
  };
}

/** The directory whose token the request carries. Only behind `requireToken(…, ["scim"])`. */
export function directoryOf(ctx: Context): DirectoryId {
  const directory = ctx.state.caller?.directory;
  if (directory === undefined || directory === null) throw new ForbiddenError("This token belongs to no directory.");
  return directory;
}
