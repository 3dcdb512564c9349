import test from "ava";
import { z } from "zod";
import { collection, createCalendlyWire } from "../../../src/connectors/calendly/wire.ts";

const BASE = "https://api.calendly.com";
const wire = createCalendlyWire(BASE);
const page = collection(z.string());

const nextOf = (pagination: object): string | null | undefined =>
  page.safeParse({ collection: ["one"], pagination }).data?.next;

test("the next page is known by its token, which older answers have in the link alone", (t) => {
  const link = `${BASE}/groups?count=1&page_token=abc`;
  t.is(nextOf({ count: 1, next_page: link, next_page_token: "abc" }), "abc");
  t.is(nextOf({ count: 1, next_page: link }), "abc");
  t.is(nextOf({ count: 1, next_page: null, next_page_token: null }), null);
  t.is(nextOf({ count: 1 }), null);
});

test("a successor without a token is no end of a list", (t) => {
  t.is(nextOf({ count: 1, next_page: `${BASE}/groups?count=1` }), undefined);
  t.is(nextOf({ count: 1, next_page: "not a link", next_page_token: null }), undefined);
});

test("an id is the last segment of a URI below the base URL, and nothing else is one", (t) => {
  const id = (uri: unknown) => wire.organization.safeParse(uri).data;
  t.is(id(`${BASE}/organizations/ABC-1`), "ABC-1");
  for (const other of [
    "ABC-1",
    `${BASE}/users/ABC-1`,
    `${BASE}/organizations/`,
    `${BASE}/organizations/..`,
    `${BASE}/organizations/a/b`,
    `${BASE}/organizations/a?b=c`,
    `${BASE}.evil.example/organizations/ABC-1`,
    "https://apixcalendly.com/organizations/ABC-1",
    "http://api.calendly.com/organizations/ABC-1",
    null,
    7,
  ]) {
    t.is(id(other), undefined, String(other));
  }
});

test("who is in a group is named by a URI, or shown as a whole", (t) => {
  const owner = (value: unknown) =>
    wire.relationship.safeParse({ owner: value, group: `${BASE}/groups/G` }).data?.owner;
  t.is(owner(`${BASE}/organization_memberships/M`), "M");
  t.is(owner({ type: "OrganizationMembership", uri: `${BASE}/organization_memberships/M`, role: "user" }), "M");
  t.is(owner({ type: "OrganizationInvitation", uri: `${BASE}/organizations/O/invitations/I` }), "I");
  t.is(owner(`${BASE}/users/U`), undefined);
});

test("times are taken with six digits after the second, and a meeting without guests has none", (t) => {
  const event = {
    uri: `${BASE}/scheduled_events/E`,
    start_time: "2026-01-05T10:00:00.123456Z",
    end_time: "2026-01-05T10:30:00.000000Z",
    invitees_counter: { total: 1, active: 1, limit: 1 },
    event_memberships: [{ user: `${BASE}/users/U` }],
  };
  t.like(wire.event.parse(event), { uri: "E", start_time: "2026-01-05T10:00:00.123Z", event_guests: [] });
});
