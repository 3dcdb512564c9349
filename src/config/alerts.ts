import { z } from "zod";
import { ALERT_TOPICS } from "../domain/alert.ts";
import { durationField } from "./fields.ts";

const MOST_WEBHOOKS = 10;
const HOUR_MS = 60 * 60_000;

/** An http or https address; it may carry what it takes to be let in, since webhooks are secrets as a whole. */
function webhookField() {
  return z.string().refine((text) => {
    const protocol = URL.parse(text)?.protocol;
    return protocol === "https:" || protocol === "http:";
  }, "must be an http or https address, such as that of an incoming webhook of Slack");
}

function topicField() {
  return z.enum(ALERT_TOPICS);
}

function targetField() {
  return z.strictObject({
    webhook: webhookField().describe("Where alerts are posted to, as JSON with a text that Slack shows: a secret."),
    on: z
      .array(topicField())
      .min(1)
      .default([...ALERT_TOPICS])
      .describe("What is told; everything unless it is said."),
    silentAfter: durationField(HOUR_MS, 90 * 24 * HOUR_MS)
      .default("24h")
      .describe("When a directory that was in contact once, and makes no request any more, is silent."),
  });
}

function webhookOf(target: unknown): unknown {
  return typeof target === "object" && target !== null && "webhook" in target ? target.webhook : undefined;
}

/** `alerts`: who is told what. */
export function alertsField() {
  return z
    .array(targetField())
    .max(MOST_WEBHOOKS)
    .superRefine(
      (targets, context) => {
        const webhooks: readonly unknown[] = targets.map(webhookOf);
        for (const [index, webhook] of webhooks.entries()) {
          const first = webhooks.indexOf(webhook);
          if (typeof webhook !== "string" || webhook === "" || first === index) continue;
          const message = `is the webhook of alerts[${first}] already: put what is told into one entry`;
          context.addIssue({ code: "custom", path: [index, "webhook"], message });
        }
      },
      { when: ({ value }) => Array.isArray(value) }, // also when something else is wrong with the list
    )
    .default([])
    .describe("Webhooks that are told of what needs people: once when it begins, once when it is over.");
}
