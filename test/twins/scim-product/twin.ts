import type { ExecutionContext } from "ava";
import { startTwin } from "../kit/twin.ts";
import type { Twin, TwinSpec } from "../kit/twin.ts";
import { discoveryRoutes } from "./discovery-routes.ts";
import { groupRoutes } from "./group-routes.ts";
import { MANNERS } from "./manners.ts";
import { createScimState } from "./state.ts";
import type { ScimState } from "./state.ts";
import { userRoutes } from "./user-routes.ts";
import type { ScimVendorRules } from "./vendor-rules.ts";

/** A SCIM product that listens until the test ends. */
export interface ScimTwin extends Twin {
  readonly state: ScimState;
  readonly rules: ScimVendorRules;
}

/** Starts a SCIM product that behaves as its vendor says. `shared`: with another twin. */
export async function startScimTwin(
  t: ExecutionContext,
  rules: ScimVendorRules,
  shared: Pick<TwinSpec, "spoiling"> = {},
): Promise<ScimTwin> {
  const state = createScimState(rules);
  const twin = await startTwin(t, {
    ...shared,
    vendor: MANNERS,
    basePath: rules.basePath,
    routes: [...userRoutes(state, rules), ...groupRoutes(state, rules), ...discoveryRoutes(rules)],
  });
  return { ...twin, state, rules };
}

/** The people of a twin as people would describe them: `Ana Lima, active`, by userName. */
export function showPeople({ state }: ScimTwin): Readonly<Record<string, string>> {
  return Object.fromEntries(
    state.users().map(({ attributes: { userName, displayName, name, active } }) => {
      const { givenName, familyName } = Object(name) as { readonly givenName?: string; readonly familyName?: string };
      const shown = typeof displayName === "string" ? displayName : [givenName, familyName].join(" ");
      return [String(userName), `${shown}, ${active === false ? "shut" : "active"}`];
    }),
  );
}
