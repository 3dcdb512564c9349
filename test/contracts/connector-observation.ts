import type { AccountId } from "../../src/domain/account.ts";
import { addAccounts, drain, needed, nobody, SIGNAL, sortById, type Contract } from "./connector-state.ts";

/** Listings, and single people read afresh. */
export function observationContract(contract: Contract): void {
  listContract(contract);
  personContract(contract);
}

function listContract(contract: Contract): void {
  contract("an observation holds every account once, is complete, and writes nothing", async (t, harness) => {
    await addAccounts(harness, harness.severalPages ?? 3);
    const before = await harness.writes();
    const observation = await harness.connector.observe(SIGNAL);
    const pages = await drain(observation);
    const accounts = await harness.accounts();
    if (harness.severalPages !== null) t.true(pages.length >= 3);
    t.deepEqual(sortById(pages.flat()), sortById(accounts));
    t.deepEqual(await observation.completeness, { complete: true, accounts: accounts.length });
    t.is(await harness.writes(), before);
  });

  contract("an observation names groups, and seats where the product counts them", async (t, harness) => {
    const { seat, addGroup, connector } = harness;
    const id = await addGroup?.("Sales EMEA");
    const { groups, seats } = await connector.observe(SIGNAL);
    t.deepEqual(
      groups.filter(({ name }) => name === "Sales EMEA"),
      id === undefined ? [] : [{ id, name: "Sales EMEA" }],
    );
    t.is(seats !== null, connector.capabilities.seatCounts);
    if (connector.capabilities.seatCounts)
      t.deepEqual(seats?.get(needed(seat, "a seat") as never), { total: 2, used: 0 });
  });

  contract("a page that fails makes the observation incomplete", async (t, harness) => {
    await addAccounts(harness, harness.severalPages ?? 3);
    await harness.failSecondPage();
    const observation = await harness.connector.observe(SIGNAL);
    const pages = await drain(observation);
    const completeness = await observation.completeness;
    t.is(pages.length, harness.severalPages === null ? 0 : 1);
    t.false(completeness.complete);
    t.is(completeness.complete ? undefined : completeness.reason, "page-failed");
  });

  contract("an observation that is left early is incomplete", async (t, harness) => {
    await addAccounts(harness, harness.severalPages ?? 3);
    const observation = await harness.connector.observe(SIGNAL);
    for await (const page of observation.pages) {
      t.true(page.length > 0);
      break;
    }
    t.like(await observation.completeness, { complete: false, reason: "stopped" });
  });

  contract("a listing stops when its signal is aborted", async (t, harness) => {
    const { severalPages } = harness;
    // All accounts at once came before anybody could stop them.
    await addAccounts(harness, severalPages ?? 3);
    const stop = new AbortController();
    const observation = await harness.connector.observe(stop.signal);
    let pages = 0;
    if (severalPages === null) stop.abort();
    for await (const _ of observation.pages) {
      pages++;
      stop.abort();
    }
    t.is(pages, severalPages === null ? 0 : 1);
    t.like(await observation.completeness, { complete: false, reason: "stopped" });
  });
}

function personContract(contract: Contract): void {
  contract("nobody is found where nobody is", async (t, harness) => {
    const { connector } = harness;
    t.deepEqual(await connector.find({ email: "nobody@acme.example" }, SIGNAL), []);
    t.deepEqual(await connector.find({ account: nobody(harness), email: "nobody@acme.example" }, SIGNAL), []);
  });

  contract("a person is found by id and by e-mail without case, once", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    const other = await harness.addAccount({ email: "bo@acme.example", displayName: "Bo" });
    const find = async (who: { readonly account?: AccountId; readonly email: string }) =>
      (await harness.connector.find(who, SIGNAL)).map(({ id }) => id).sort();
    t.deepEqual(await find({ email: "ANA@acme.example" }), [account]);
    t.deepEqual(await find({ account, email: "ana@acme.example" }), [account]);
    t.deepEqual(await find({ account, email: "nobody@acme.example" }), [account]);
    t.deepEqual(await find({ account: other, email: "ana@acme.example" }), [account, other].sort());
  });

  contract("whose e-mail is not known, as of somebody who is forgotten, is found by id alone", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana" });
    t.deepEqual(await harness.connector.find({ email: "" }, SIGNAL), []);
    t.deepEqual(
      (await harness.connector.find({ account, email: "" }, SIGNAL)).map(({ id }) => id),
      [account],
    );
  });

  contract("a person is shown alike, alone and in the list", async (t, harness) => {
    const account = await harness.addAccount({ email: "ana@acme.example", displayName: "Ana Lima", givenName: "Ana" });
    await harness.addAccount({ email: "ana@acme.example.org", displayName: "Another Ana" });
    const accounts = await harness.accounts();
    t.deepEqual(await harness.connector.find({ account, email: "ana@acme.example" }, SIGNAL), [
      needed(
        accounts.find(({ id }) => id === account),
        "accounts() to show what addAccount made",
      ),
    ]);
  });
}
