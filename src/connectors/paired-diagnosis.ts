import type { ObservedAccount } from "../domain/account.ts";
import type { Connector, Finding } from "../ports/connector.ts";
import { sentenceOf, toTell } from "./finding.ts";
import { createHosts } from "./paired-hosts.ts";

/** So many accounts are looked for on the other side. */
const SAMPLE = 5;
const SUBJECT = "pairing";

/** What either side finds, and whether the two belong together. */
export async function* diagnosePair(
  people: Connector,
  second: Connector,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  const verdicts = new Set<Finding["verdict"]>();
  for (const one of [people, second]) {
    for await (const finding of one.diagnose(signal)) {
      verdicts.add(finding.verdict);
      yield finding;
    }
  }
  yield* ownBookings(people, second);
  // Where one side cannot be read, that was said already.
  if (!verdicts.has("bad")) yield await joined(people, second, signal);
}

/** What becomes of bookings in the first product, if it has some. */
function* ownBookings({ name, capabilities }: Connector, second: Connector): Generator<Finding> {
  if (capabilities.bookings === "nobody") return;
  const isOurs = capabilities.bookings === "bridge";
  yield {
    subject: SUBJECT,
    verdict: isOurs ? "warning" : "good",
    detail: isOurs
      ? `Upcoming bookings are looked for in ${second.name} only: what guests booked in ${name} is left alone.`
      : `Bookings in ${second.name} are ended by us, those in ${name} by itself.`,
    ...(isOurs ? { remedy: "Remove product.bookings if guests book in the first product." } : {}),
  };
}

/** A sample of active people is looked for by e-mail. */
async function joined(people: Connector, second: Connector, signal: AbortSignal): Promise<Finding> {
  try {
    const sample = await activePeople(people, signal);
    const hosts = createHosts(people, second);
    let found = 0;
    for (const { id: account, profile } of sample) {
      if ((await hosts.of({ account, email: profile.email }, { signal })) !== null) found += 1;
    }
    const detail = `${found} of ${sample.length} active people whom we looked at have an account in ${second.name} by their e-mail.`;
    if (found > 0 || sample.length === 0) return { subject: SUBJECT, verdict: "good", detail };
    const remedy =
      "Check that product.bookings leads to the right organisation, and that people have one e-mail in both.";
    return { subject: SUBJECT, verdict: "warning", detail, remedy };
  } catch (error) {
    const detail = sentenceOf(toTell(error, signal).message);
    const remedy = "Mend what it says, and run doctor again.";
    return { subject: SUBJECT, verdict: "bad", detail, remedy };
  }
}

/** The first ones of the listing. */
async function activePeople(people: Connector, signal: AbortSignal): Promise<readonly ObservedAccount[]> {
  const { pages } = await people.observe(signal);
  for await (const page of pages) return page.filter(({ status }) => status === "active").slice(0, SAMPLE);
  return [];
}
