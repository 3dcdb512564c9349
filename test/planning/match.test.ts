import test from "ava";
import { matchAccount } from "../../src/planning/match.ts";
import type { Match } from "../../src/planning/match.ts";
import type { PersonFacts } from "../../src/planning/context.ts";
import type { RehirePolicy } from "../../src/domain/policy.ts";
import {
  ACME,
  ANAS_MARK,
  NOW,
  aCandidate,
  aContext,
  aDesired,
  aLink,
  aProfile,
  asAccount,
  asUser,
  groupId,
  someFacts,
} from "../support/plan-builders.ts";
import type { DirectoryId } from "../../src/domain/directory.ts";

const somebody = { user: asUser("bo"), gone: false };
const GLOBEX = "globex" as DirectoryId;
const FOREIGN = "initech/00000000-0000-4000-8000-000000000001";
const OURS = "acme/00000000-0000-4000-8000-000000000001";
const gone = { user: asUser("old-ana"), gone: true };
const BO = { ...somebody, label: "bo@acme.example", directory: ACME };
const LEFT = {
  user: asUser("first-ana"),
  gone: false,
  label: "ana@acme.example",
  directory: GLOBEX,
  hasLeft: true,
} as const;
const self = { user: asUser("ana"), gone: false };
const elsewhere = aProfile({ email: "x@acme.example" });
const withId = aDesired({ externalId: "00u1" });
const other = { id: asAccount("m-other") };

interface Row {
  readonly title: string;
  readonly facts: Partial<PersonFacts>;
  readonly rehire?: RehirePolicy;
  readonly kind: Match["kind"];
  readonly reason?: RegExp;
}

const rows: Row[] = [
  { title: "an account on record is linked", facts: { link: aLink(), observed: [aCandidate()] }, kind: "linked" },
  {
    title: "the record wins over a mark on another account",
    facts: { link: aLink(), observed: [aCandidate({ ...other, marker: ANAS_MARK }), aCandidate()] },
    kind: "linked",
  },
  {
    title: "an account that carries our mark is ours",
    facts: { observed: [aCandidate({ marker: ANAS_MARK })] },
    kind: "relinked",
  },
  {
    title: "a mark is believed even when the e-mail was changed",
    facts: { observed: [aCandidate({ marker: ANAS_MARK, profile: aProfile({ email: "x@acme.example" }) })] },
    kind: "relinked",
  },
  {
    title: "a marked account on record of this very person is no conflict",
    facts: { observed: [aCandidate({ marker: ANAS_MARK }, { user: asUser("ana"), gone: false })] },
    kind: "relinked",
  },
  {
    title: "two marked accounts are a conflict",
    facts: { observed: [aCandidate({ marker: ANAS_MARK }), aCandidate({ ...other, marker: ANAS_MARK })] },
    kind: "conflict",
    reason: /^2 accounts, m-ana \(ana@acme\.example\), m-other \(ana@acme\.example\), carry this person's mark\.$/,
  },
  {
    title: "a marked account that is there again after its holder's was proved gone is ours",
    facts: { observed: [aCandidate({ marker: ANAS_MARK }, { ...gone, ended: true })] },
    kind: "relinked",
  },
  {
    title: "not while it is shut",
    facts: { observed: [aCandidate({ marker: ANAS_MARK, status: "deactivated" }, { ...gone, ended: true })] },
    kind: "conflict",
    reason: /carries this person's mark, but is linked to/,
  },
  {
    title: "an account that is there again and that we ordered is ours",
    facts: { observed: [aCandidate({}, { ...gone, ended: true })], tried: ["ana@acme.example"] },
    kind: "relinked",
  },
  {
    title: "not while its holder's was not proved gone",
    facts: { observed: [aCandidate({}, gone)], tried: ["ana@acme.example"] },
    kind: "conflict",
  },
  {
    title: "the account on record of whoever was proved gone is not theirs once it was made for somebody else",
    facts: {
      link: aLink({ offboardedAt: NOW }),
      observed: [{ ...aCandidate({ profile: elsewhere }, self), madeFor: somebody }],
    },
    kind: "missing",
  },
  {
    title: "whatever its mark says",
    facts: {
      link: aLink({ offboardedAt: NOW }),
      observed: [{ ...aCandidate({ marker: ANAS_MARK, profile: elsewhere }, self), madeFor: somebody }],
    },
    kind: "missing",
  },
  {
    title: "and is theirs while they were never proved gone",
    facts: { link: aLink(), observed: [{ ...aCandidate({}, self), madeFor: somebody }] },
    kind: "linked",
  },
  {
    title: "a marked account that is linked to somebody else is a conflict",
    facts: { observed: [aCandidate({ marker: ANAS_MARK }, somebody)] },
    kind: "conflict",
    reason: /m-ana \(ana@acme\.example\) carries this person's mark, but is linked to user bo\.$/,
  },
  { title: "no account at all: new", facts: {}, kind: "new" },
  {
    title: "an account with another e-mail is not hers",
    facts: { observed: [aCandidate({ profile: aProfile({ email: "an@acme.example" }) })] },
    kind: "new",
  },
  { title: "the account on record has vanished: missing", facts: { link: aLink() }, kind: "missing" },
  {
    title: "the account on record has vanished, but one has the e-mail: adoptable",
    facts: { link: aLink(), observed: [aCandidate(other)] },
    kind: "adoptable",
  },
  { title: "the same e-mail is adoptable", facts: { observed: [aCandidate()] }, kind: "adoptable" },
  {
    title: "an e-mail is compared without case",
    facts: { observed: [aCandidate({ profile: aProfile({ email: "ANA@Acme.example" }) })] },
    kind: "adoptable",
  },
  {
    title: "an e-mail is compared in one Unicode form, composed and decomposed letters alike",
    facts: {
      desired: aDesired({ profile: aProfile({ email: "jos\u00e9@acme.example" }) }),
      observed: [aCandidate({ profile: aProfile({ email: "jose\u0301@acme.example" }) })],
    },
    kind: "adoptable",
  },
  {
    title: "a dot at the end of the product's address makes nobody else of it",
    facts: { observed: [aCandidate({ profile: aProfile({ email: "ana@acme.example." }) })] },
    kind: "adoptable",
  },
  {
    title: "a look-alike is somebody else: a Cyrillic letter",
    facts: { observed: [aCandidate({ profile: aProfile({ email: "аna@acme.example" }) })] },
    kind: "new",
  },
  {
    title: "a plus-address is somebody else",
    facts: { observed: [aCandidate({ profile: aProfile({ email: "ana+work@acme.example" }) })] },
    kind: "new",
  },
  {
    title: "an invited account is adoptable",
    facts: { observed: [aCandidate({ status: "pending" })] },
    kind: "adoptable",
  },
  {
    title: "the same external id and e-mail is adoptable",
    facts: { desired: withId, observed: [aCandidate({ externalId: "00u1" })] },
    kind: "adoptable",
  },
  {
    title: "external ids are compared exactly",
    facts: {
      desired: withId,
      observed: [aCandidate({ externalId: "00U1", profile: aProfile({ email: "x@acme.example" }) })],
    },
    kind: "new",
  },
  {
    title: "an empty external id recognises nobody",
    facts: {
      desired: aDesired({ externalId: "" }),
      observed: [aCandidate({ externalId: "", profile: aProfile({ email: "x@acme.example" }) })],
    },
    kind: "new",
  },
  {
    title: "two accounts with the external id are a conflict",
    facts: {
      desired: withId,
      observed: [aCandidate({ externalId: "00u1" }), aCandidate({ ...other, externalId: "00u1" })],
    },
    kind: "conflict",
    reason: /^2 accounts, m-ana \(.*\), m-other \(.*\), have the external id 00u1\.$/,
  },
  {
    title: "the external id with another e-mail is a conflict: first contact changes no e-mail",
    facts: {
      desired: withId,
      observed: [aCandidate({ externalId: "00u1", profile: aProfile({ email: "x@acme.example" }) })],
    },
    kind: "conflict",
    reason: /m-ana \(x@acme\.example\) has this person's external id but another e-mail, and is linked to nobody/,
  },
  {
    title: "the external id decides before the e-mail",
    facts: {
      desired: withId,
      observed: [
        aCandidate(),
        aCandidate({ ...other, externalId: "00u1", profile: aProfile({ email: "x@acme.example" }) }),
      ],
    },
    kind: "conflict",
    reason: /m-other/,
  },
  {
    title: "two accounts with the e-mail are a conflict",
    facts: { observed: [aCandidate(), aCandidate(other), aCandidate({ id: asAccount("m-third") })] },
    kind: "conflict",
    reason: /^3 accounts, .*m-third \(ana@acme\.example\), have the e-mail ana@acme\.example\.$/,
  },
  {
    title: "an account linked to somebody else is a conflict",
    facts: { observed: [aCandidate({}, somebody)] },
    kind: "conflict",
    reason: /^Account m-ana \(ana@acme\.example\) is linked to user bo\.$/,
  },
  {
    title: "an owner is not adopted",
    facts: { observed: [aCandidate({ role: "owner" })] },
    kind: "conflict",
    reason: /held by an owner/,
  },
  {
    title: "an admin is not adopted",
    facts: { observed: [aCandidate({ role: "admin" })] },
    kind: "conflict",
    reason: /held by an admin/,
  },
  {
    title: "a deactivated account is not adopted",
    facts: { observed: [aCandidate({ status: "deactivated" })] },
    kind: "conflict",
    reason: /gives nobody a login/,
  },
  {
    title: "an account of a deleted person is a conflict by default",
    facts: { observed: [aCandidate({ status: "deactivated" }, gone)] },
    kind: "conflict",
    reason: /belonged to user old-ana, who was deleted; "rehire" in the mapping/,
  },
  {
    title: "an account of a deleted person is taken over with rehire link",
    facts: { observed: [aCandidate({ status: "deactivated", seat: null }, gone)] },
    rehire: "link",
    kind: "adoptable",
  },
  {
    title: "rehire link waits until the deleted person's account is shut",
    facts: { observed: [aCandidate({}, gone)] },
    rehire: "link",
    kind: "conflict",
    reason: /still belongs to user old-ana, who is leaving/,
  },
  {
    title: "rehire link waits until a shut account has given up its seat",
    facts: { observed: [aCandidate({ status: "deactivated" }, gone)] },
    rehire: "link",
    kind: "conflict",
    reason: /still belongs to user old-ana, who is leaving/,
  },
  {
    title: "rehire link waits until a shut account has left its groups",
    facts: { observed: [aCandidate({ status: "deactivated", seat: null, groups: [groupId("Sales")] }, gone)] },
    rehire: "link",
    kind: "conflict",
    reason: /still belongs to user old-ana, who is leaving/,
  },
  {
    title: "rehire link hands over no owner's account",
    facts: { observed: [aCandidate({ status: "deactivated", role: "owner" }, gone)] },
    rehire: "link",
    kind: "conflict",
    reason: /owners and admins/,
  },
  {
    title: "rehire new makes a second account",
    facts: { observed: [aCandidate({ status: "deactivated" }, gone)] },
    rehire: "new",
    kind: "new",
  },
  {
    title: "rehire new makes no second account on an unverified domain",
    facts: {
      desired: aDesired({ profile: aProfile({ email: "ana@evil.example" }) }),
      observed: [aCandidate({ status: "deactivated", profile: aProfile({ email: "ana@evil.example" }) }, gone)],
    },
    rehire: "new",
    kind: "conflict",
    reason: /not on a verified domain/,
  },
  {
    title: "an unverified domain adopts nothing",
    facts: {
      desired: aDesired({ profile: aProfile({ email: "ana@evil.example" }) }),
      observed: [aCandidate({ profile: aProfile({ email: "ana@evil.example" }) })],
    },
    kind: "conflict",
    reason: /not on a verified domain of directory acme \(acme\.example\)/,
  },
  {
    title: "an unverified domain creates nothing",
    facts: { desired: aDesired({ profile: aProfile({ email: "ana@evil.example" }) }) },
    kind: "conflict",
    reason: /not on a verified domain/,
  },
  {
    title: "an unknown directory has no verified domain",
    facts: { directory: "other" as DirectoryId },
    kind: "conflict",
    reason: /directory other \(it has none\)/,
  },
  {
    title: "without an e-mail nothing can be told",
    facts: {
      desired: aDesired({
        profile: aProfile({ email: "" }),
        problems: ["The value of userName is not an e-mail address."],
      }),
      observed: [aCandidate({ profile: aProfile({ email: "" }) })],
    },
    kind: "conflict",
    reason: /no e-mail address that can be used\. The value of userName is not an e-mail address\./,
  },
  {
    title: "of two directories the one listed first keeps the e-mail",
    facts: { observed: [aCandidate()], rival: { directory: ACME, listedFirst: true } },
    kind: "conflict",
    reason:
      /claimed by directory acme, which is listed first; account m-ana \(ana@acme\.example\) is linked to nobody\.$/,
  },
  {
    title: "the directory listed first is not hindered by the other",
    facts: { observed: [aCandidate()], rival: { directory: ACME, listedFirst: false } },
    kind: "adoptable",
  },
  {
    title: "an account that another bridge made is left alone",
    facts: { observed: [aCandidate({ marker: FOREIGN })] },
    kind: "conflict",
    reason:
      /^Account m-ana \(ana@acme\.example\) belongs to another Rosterbridge \(directory initech\): it is left alone\.$/,
  },
  {
    title: "an account that another bridge made is not recognised by its external id either",
    facts: { desired: withId, observed: [aCandidate({ marker: FOREIGN, externalId: "00u1" })] },
    kind: "conflict",
    reason: /belongs to another Rosterbridge/,
  },
  {
    title: "what is on record as ours is ours, whoever made it",
    facts: { link: aLink(), observed: [aCandidate({ marker: FOREIGN }, { user: asUser("ana"), gone: false })] },
    kind: "linked",
  },
  {
    title: "our own mark of somebody we do not know does not stop an adoption: the database may be new",
    facts: { observed: [aCandidate({ marker: OURS })] },
    kind: "adoptable",
  },
  {
    title: "a text that is no mark of a bridge says nothing",
    facts: { observed: [aCandidate({ marker: "crm/4711" })] },
    kind: "adoptable",
  },
  {
    title: "an account that was made for somebody whom we know is not adopted by its e-mail",
    facts: { observed: [{ ...aCandidate({ marker: OURS }), madeFor: BO }] },
    kind: "conflict",
    reason: /^Account m-ana \(ana@acme\.example\) was made for bo@acme\.example of directory acme\.$/,
  },
  {
    title: "a conflict names who is linked, as far as they are known",
    facts: { observed: [aCandidate({}, BO)] },
    kind: "conflict",
    reason: /is linked to bo@acme\.example of directory acme\.$/,
  },
  {
    title: "the account of somebody who has left the other directory passes on",
    facts: { observed: [aCandidate({}, LEFT)] },
    kind: "adoptable",
  },
  {
    title: "it passes on when they were deleted there, whatever rehire says",
    facts: { observed: [aCandidate({}, { ...LEFT, gone: true })] },
    rehire: "new",
    kind: "adoptable",
  },
  {
    title: "an admin's account passes on to nobody by itself",
    facts: { observed: [aCandidate({ role: "admin" }, LEFT)] },
    kind: "conflict",
    reason: /held by an admin/,
  },
  {
    title: "an account that was shut when they left follows rehire",
    facts: { observed: [aCandidate({ status: "deactivated" }, LEFT)] },
    kind: "conflict",
    reason: /belonged to ana@acme\.example of directory globex, who has left; "rehire"/,
  },
  {
    title: "an account that was shut when they left is taken over with rehire link",
    facts: { observed: [aCandidate({ status: "deactivated", seat: null }, LEFT)] },
    rehire: "link",
    kind: "adoptable",
  },
  {
    title: "of three directories, the one listed first takes over",
    facts: { observed: [aCandidate({}, LEFT)], rival: { directory: ACME, listedFirst: true } },
    kind: "conflict",
    reason: /listed first; account m-ana \(ana@acme\.example\) is linked to ana@acme\.example of directory globex\.$/,
  },
];

const tried = ["ana@acme.example"];
rows.push(
  {
    title: "an account whose making was never confirmed is ours",
    facts: { observed: [aCandidate({ status: "pending" })], tried: ["ANA@acme.example"] },
    kind: "relinked",
  },
  {
    title: "it is ours though the person was renamed since",
    facts: {
      observed: [aCandidate({ profile: aProfile({ email: "born@acme.example" }) })],
      tried: ["born@acme.example"],
    },
    kind: "relinked",
  },
  {
    title: "it is ours on any domain, since it was on a verified one when it was made",
    facts: {
      desired: aDesired({ profile: aProfile({ email: "ana@else.example" }) }),
      observed: [aCandidate()],
      tried,
    },
    kind: "relinked",
  },
  {
    title: "an account with another address than we tried is none of ours",
    facts: { observed: [aCandidate()], tried: ["born@acme.example"] },
    kind: "adoptable",
  },
  {
    title: "an account that somebody else has is not ours, whatever we tried",
    facts: { observed: [aCandidate({}, somebody)], tried },
    kind: "conflict",
    reason: /is linked to/,
  },
  {
    title: "an owner's account is not one that we made",
    facts: { observed: [aCandidate({ role: "owner" })], tried },
    kind: "conflict",
    reason: /held by an owner/,
  },
  {
    title: "an account that is shut is not one that we made",
    facts: { observed: [aCandidate({ status: "deactivated" })], tried },
    kind: "conflict",
    reason: /is deactivated/,
  },
  {
    title: "of two accounts with an address that we tried none is certain",
    facts: { observed: [aCandidate(), aCandidate({ id: asAccount("m-2") })], tried },
    kind: "conflict",
    reason: /have the e-mail/,
  },
  {
    title: "the account on record goes before one that we tried to make",
    facts: {
      observed: [aCandidate({ id: asAccount("m-2") }), aCandidate({ profile: aProfile({ email: "x@acme.example" }) })],
      link: aLink(),
      tried,
    },
    kind: "linked",
  },
);

for (const { title, facts, rehire = "conflict", kind, reason } of rows) {
  test(title, (t) => {
    const match = matchAccount(someFacts(facts), aContext({ rehire }));
    t.is(match.kind, kind);
    if (reason !== undefined) t.regex(match.kind === "conflict" ? match.reason : "", reason);
  });
}

test("any domain is verified where the directory says *", (t) => {
  const facts = someFacts({ desired: aDesired({ profile: aProfile({ email: "ana@else.example" }) }) });
  t.is(matchAccount(facts, aContext({ verifiedDomains: new Map([[ACME, ["*"]]]) })).kind, "new");
});

test("rehire new says that the product may refuse a second account", (t) => {
  const match = matchAccount(someFacts({ observed: [aCandidate({}, gone)] }), aContext({ rehire: "new" }));
  t.deepEqual(match, {
    kind: "new",
    note: "Account m-ana (ana@acme.example) has the same e-mail; most products refuse a second one.",
  });
});

test("whoever takes over a deleted person's account returns", (t) => {
  const match = matchAccount(
    someFacts({ observed: [aCandidate({ status: "deactivated", seat: null }, gone)] }),
    aContext({ rehire: "link" }),
  );
  t.true(match.kind === "adoptable" && match.returns);
});

test("a link that passes on says from whom, and nobody returns", (t) => {
  const match = matchAccount(someFacts({ observed: [aCandidate({}, LEFT)] }), aContext());
  t.true(match.kind === "adoptable" && !match.returns && match.from?.directory === GLOBEX);
});
