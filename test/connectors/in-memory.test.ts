import type { Seat } from "../../src/domain/account.ts";
import { ConnectorError } from "../../src/domain/errors.ts";
import { CHANGE_KINDS } from "../../src/domain/plan.ts";
import { connectorContract } from "../contracts/connector.ts";
import type { ConnectorHarness, HarnessFault } from "../contracts/connector-harness.ts";
import { createInMemoryConnector } from "../support/in-memory-connector.ts";
import type { ApplyHook } from "../support/in-memory-connector.ts";

const NOW = "2026-11-23T09:00:00.000Z";

function createHarness(): Promise<ConnectorHarness> {
  const product = createInMemoryConnector({ seats: { standard: 2 }, pageSize: 10 });
  const { state } = product;
  return Promise.resolve<ConnectorHarness>({
    connector: product.connector,
    severalPages: 25,
    seat: "standard" as Seat,
    now: () => NOW,
    addAccount: (profile) => Promise.resolve(state.addAccount({ profile })),
    addGroup: (name) => Promise.resolve(state.addGroup(name)),
    addBooking(account, hours) {
      const start = Date.parse(NOW) + hours * 3_600_000;
      const startsAt = new Date(start).toISOString();
      const endsAt = new Date(start + 1_800_000).toISOString();
      return Promise.resolve(state.addBooking({ account, startsAt, endsAt, guests: 2 }));
    },
    accounts: () => Promise.resolve([...state.accounts.values()]),
    groupNames: () => Promise.resolve([...state.groups.values()].map(({ name }) => name)),
    mails: () => Promise.resolve(state.mails.length),
    writes: () => Promise.resolve(product.writes.length),
    fail(fault) {
      product.failReads(errorOf(fault));
      product.hook(failing(fault));
      return Promise.resolve();
    },
    failSecondPage: () => Promise.resolve(product.failPage(1)),
    heal() {
      product.failReads(null);
      product.failPage(null);
      product.hook(null);
      return Promise.resolve();
    },
  });
}

function errorOf(fault: HarnessFault): ConnectorError {
  if (fault === "rate-limited") return new ConnectorError("rate-limited", "too fast", { retryAfterMs: 120_000 });
  return new ConnectorError(fault === "auth" ? "auth" : "unavailable", fault);
}

function failing(fault: HarnessFault): ApplyHook {
  const moment = fault === "lost-reply" || fault === "unavailable-after-effect" ? "after" : "before";
  return (now) => {
    if (now === moment) throw errorOf(fault);
  };
}

connectorContract("in-memory", { changes: new Set(CHANGE_KINDS), bookingOrder: "deactivate-first" }, createHarness);
