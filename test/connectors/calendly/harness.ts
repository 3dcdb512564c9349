import type { ExecutionContext } from "ava";
import { createCalendlyConnector } from "../../../src/connectors/calendly/kind.ts";
import { calendlyOptionsSchema } from "../../../src/connectors/calendly/options.ts";
import type { ConnectorDeps } from "../../../src/connectors/kind.ts";
import type { AccountId, ObservedAccount, ProductGroupId, Seat } from "../../../src/domain/account.ts";
import type { Connector } from "../../../src/ports/connector.ts";
import { createManualClock, type ManualClock } from "../../support/manual-clock.ts";
import type { CalendlyState } from "../../twins/calendly/state.ts";
import { CALENDLY_TOKEN, startCalendlyTwin, type CalendlyTwin } from "../../twins/calendly/twin.ts";

/** A Calendly and a connector of profile invite to it. */
export interface InviteBench {
  readonly twin: CalendlyTwin;
  readonly state: CalendlyState;
  readonly clock: ManualClock;
  readonly connector: Connector;
}

/** No recipe is read by whoever gets these. */
export function connectorDeps(clock: ManualClock): ConnectorDeps {
  return {
    clock,
    random: () => 0.5,
    newId: () => "00000000-0000-4000-8000-000000000000",
    readRecipe: (name) => {
      throw new Error(`nobody was to read the recipe ${name}`);
    },
  };
}

/** Opens both, until the test ends. `options` are those of the configuration. */
export async function openInviteBench(
  t: ExecutionContext,
  options: object = {},
  deps: Partial<ConnectorDeps> = {},
): Promise<InviteBench> {
  const clock = createManualClock();
  const twin = await startCalendlyTwin(t, clock);
  const own = { connector: "calendly", profile: "invite", token: CALENDLY_TOKEN, baseUrl: twin.url };
  const checked = calendlyOptionsSchema.parse({ ...own, ...options });
  const connector = createCalendlyConnector(checked, { ...connectorDeps(clock), ...deps });
  t.teardown(() => connector.close());
  return { twin, state: twin.state, clock, connector };
}

/** Everybody whom the connector is to show, from what the twin holds: told apart from how the connector comes to it. */
export function shownAccounts(state: CalendlyState, seat = "standard"): readonly ObservedAccount[] {
  const groupsOf = (owner: string): readonly ProductGroupId[] =>
    [...state.relationships.values()]
      .filter((one) => one.owner === owner)
      .map(({ group }) => group as ProductGroupId)
      .sort();
  const invitations = [...state.invitations.values()];
  const members = [...state.memberships.values()].map((membership): ObservedAccount => {
    const user = state.users.get(membership.user);
    if (user === undefined) throw new Error("a membership has no user");
    const id = invitations.findLast((one) => one.user === user.id)?.id ?? user.id;
    return {
      id: id as AccountId,
      status: "active",
      role: membership.role === "user" ? "member" : membership.role,
      profile: { email: user.email, displayName: user.name, timezone: user.timezone },
      seat: seat as Seat,
      groups: groupsOf(membership.id),
    };
  });
  const pending = invitations
    .filter(({ status }) => status === "pending")
    .map((invitation): ObservedAccount => ({
      id: invitation.id as AccountId,
      status: "pending",
      role: "member",
      profile: { email: invitation.email },
      seat: seat as Seat,
      groups: groupsOf(invitation.id),
    }));
  return [...members, ...pending];
}
