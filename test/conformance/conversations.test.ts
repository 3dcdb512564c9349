/** Conversations of identity providers that concern SCIM alone, replayed over HTTP, and the table of what they cover. */
import test from "ava";
import { openTestApp, PUBLIC_URL } from "../support/app.ts";
import {
  conversationFiles,
  createMemory,
  exchange,
  habitsTable,
  idpsWithConversations,
  needsProduct,
  readConversations,
} from "../support/conversation.ts";
import type { Conversation } from "../support/conversation.ts";

/** How many conversations there must be of each provider. */
const AT_LEAST: Readonly<Record<string, number>> = {
  okta: 10,
  entra: 10,
  "google-workspace": 4,
  jumpcloud: 4,
  onelogin: 4,
  ping: 4,
  authentik: 4,
  auth0: 4,
};

const replay = test.macro(async (t, { steps, headers }: Conversation) => {
  const app = await openTestApp(t, { directories: { acme: ["acme.example"] } });
  const line = { baseUrl: app.url, token: app.token, ...(headers === undefined ? {} : { headers }) };
  const memory = createMemory({ base: `${PUBLIC_URL}/scim/v2`, token: app.token });
  for (const step of steps) {
    if ("product" in step) throw new Error("There is no product to look at.");
    t.deepEqual(await exchange(line, step, memory), [], step.name);
  }
});

for (const idp of idpsWithConversations()) {
  for (const conversation of readConversations(idp).filter((each) => !needsProduct(each)))
    test(`${idp}: ${conversation.title}`, replay, conversation);
}

test("each provider has its conversations, and each of them is in the table of habits", (t) => {
  t.deepEqual(idpsWithConversations(), Object.keys(AT_LEAST).sort());
  const table = habitsTable();
  for (const [idp, count] of Object.entries(AT_LEAST)) {
    const files = conversationFiles(idp);
    t.true(files.length >= count, `${idp} has ${files.length}`);
    t.deepEqual(
      files.map((file) => `${idp}/${file.replace(/\.json$/, "")}`).filter((name) => !table.includes(`\`${name}\``)),
      [],
    );
  }
  const named = [...table.matchAll(/`([a-z0-9-]+)\/([a-z0-9-]+)`/g)].map(([, idp = "", file = ""]) => ({ idp, file }));
  const isThere = ({ idp, file }: (typeof named)[number]) => conversationFiles(idp).includes(`${file}.json`);
  t.deepEqual(
    named.filter((name) => !isThere(name)),
    [],
  );
});
