import test from "ava";
import type { AccountId, ProductGroupId } from "../../../src/domain/account.ts";
import { CAUSE } from "../../contracts/connector-changes.ts";
import { anApplyContext } from "../../contracts/connector-harness.ts";
import { connectTwin } from "../../twins/calcom/harness.ts";
import { addMember, addMembership, addUser, membershipIn } from "../../twins/calcom/state.ts";
import type { CalcomState } from "../../twins/calcom/state.ts";

const SIGNAL = new AbortController().signal;

function addTeams(state: CalcomState, count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => {
    const id = state.nextId();
    state.teams.set(id, { id, name: `Team ${i}`, slug: `team-${i}` });
    return id;
  });
}

function place(kind: "add-to-group" | "remove-from-group", user: number, team: number | string) {
  const account = { by: "id", id: String(user) as AccountId } as const;
  return { kind, ...CAUSE, account, group: { by: "id", id: String(team) as ProductGroupId, name: "Team" } } as const;
}

test("the teams of one person are found among many with few requests", async (t) => {
  const { connector, twin, state } = await connectTwin(t);
  const teams = addTeams(state, 240);
  const { id: user } = addMember(state, { email: "ana@acme.example" });
  const theirs = [teams[3], teams[200]].map((team) => team ?? 0);
  for (const team of theirs) addMembership(state, { user, team, role: "MEMBER", accepted: true });
  const find = async () => (await connector.find({ email: "ana@acme.example" }, SIGNAL))[0]?.groups;
  const expected = theirs.map(String).sort();
  t.deepEqual(await find(), expected);
  t.true(twin.calls().length < 40, `${twin.calls().length} requests`);
  for await (const _ of (await connector.observe(SIGNAL)).pages);
  const before = twin.calls().length;
  t.deepEqual(await find(), expected);
  // The user, the membership, each of their teams, and all others in three parts.
  t.true(twin.calls().length - before <= 8, `${twin.calls().length - before} requests`);
});

test("somebody is taken out of a team by the membership, though it is another one than was seen", async (t) => {
  const { connector, state } = await connectTwin(t);
  const [team = 0] = addTeams(state, 1);
  const { id: user } = addMember(state, { email: "ana@acme.example" });
  await connector.apply(place("add-to-group", user, team), anApplyContext());
  state.memberships.delete(membershipIn(state, team, user)?.id ?? 0);
  addMembership(state, { user, team, role: "MEMBER", accepted: true });
  t.is((await connector.apply(place("remove-from-group", user, team), anApplyContext())).effect, "changed");
  t.is(membershipIn(state, team, user), undefined);
  t.is((await connector.apply(place("remove-from-group", user, team), anApplyContext())).effect, "already-so");
});

test("whoever is in a team already is so, and whoever is not in the organisation cannot be", async (t) => {
  const { connector, state } = await connectTwin(t);
  const [team = 0] = addTeams(state, 1);
  const { id: user } = addMember(state, { email: "ana@acme.example" });
  addMembership(state, { user, team, role: "MEMBER", accepted: true });
  t.is((await connector.apply(place("add-to-group", user, team), anApplyContext())).effect, "already-so");
  const { id: stranger } = addUser(state, { email: "bo@acme.example", username: "bo" });
  await t.throwsAsync(connector.apply(place("add-to-group", stranger, team), anApplyContext()), {
    code: "connector.rejected",
  });
  for (const bad of ["../1", "Sales"]) {
    await t.throwsAsync(connector.apply(place("add-to-group", user, bad), anApplyContext()), {
      code: "connector.missing",
    });
  }
});

test("a team whose address is taken by one of another name is a conflict", async (t) => {
  const { connector, state } = await connectTwin(t);
  state.teams.set(7, { id: 7, name: "sales emea", slug: "sales-emea" });
  const create = { kind: "create-group", ...CAUSE, name: "Sales EMEA" } as const;
  await t.throwsAsync(connector.apply(create, anApplyContext()), { code: "connector.conflict" });
});
