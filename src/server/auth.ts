import { ForbiddenError } from "../domain/errors.ts";
import type { DirectoryId } from "../domain/directory.ts";
import type { Caller, TokenOffice } from "../engine/tokens.ts";
import type { TokenScope } from "../ports/tokens.ts";
import type { Context, Middleware } from "./state.ts";

/** Lets through whoever holds a token of one of these scopes; 401 without a token, 403 with one of another scope. */
export function requireToken(office: TokenOffice, scopes: readonly TokenScope[]): Middleware {
  return async (ctx, next) => {
    const caller = await office.authenticate(ctx.get("Authorization") || undefined);
    expectScope(caller, scopes);
    ctx.state.caller = caller;
    await next();
  };
}

/** Throws ForbiddenError unless the caller's token has one of these scopes. */
export function expectScope({ scope }: Caller, scopes: readonly TokenScope[]): void {
  if (scopes.includes(scope)) return;
  throw new ForbiddenError(
    `This token has the scope "${scope}"; this needs ${scopes.map((one) => `"${one}"`).join(" or ")}.`,
  );
}

/** The directory whose token the request carries. Only behind `requireToken(…, ["scim"])`. */
export function directoryOf(ctx: Context): DirectoryId {
  const directory = ctx.state.caller?.directory;
  if (directory === undefined || directory === null) throw new ForbiddenError("This token belongs to no directory.");
  return directory;
}
