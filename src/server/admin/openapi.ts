import { z } from "zod";
import { isJsonObject, type JsonObject, type JsonValue } from "../../domain/json.ts";
import type { ProblemName } from "./admin-error.ts";
import type { AdminRoute, AnswerDeclaration, Shape } from "./declaration.ts";
import { PROBLEMS } from "./problems.ts";
import { PROBLEM } from "./shapes/problem.ts";

/** Problems that every route may answer with. */
const EVERYWHERE: readonly ProblemName[] = [
  "invalid-request",
  "unauthenticated",
  "forbidden",
  "not-acceptable",
  "too-many-failed-logins",
  "internal",
  "store-unavailable",
];
const WHEN_HEAVY: readonly ProblemName[] = ["too-many-plans"];
const WITH_BODY: readonly ProblemName[] = ["payload-too-large", "unsupported-media-type"];

/** The OpenAPI 3.1 document of these routes: what the guard checks, and nothing else. */
export function openApiDocument(routes: readonly AdminRoute[], version: string): JsonObject {
  const paths: Record<string, Record<string, JsonValue>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = operationOf(route);
  return {
    openapi: "3.1.1",
    info: {
      title: "Rosterbridge admin API",
      version,
      description:
        "What `rosterbridge` does on the command line, over HTTP. Errors are `application/problem+json` (RFC 9457) with a stable `type`. Times are RFC 3339, UTC.",
    },
    servers: [{ url: "/admin/v1" }],
    security: [{ bearer: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: "http",
          scheme: "bearer",
          description: "A token of scope `admin`, or of scope `read` for what changes nothing.",
        },
      },
      schemas: schemasOf(routes),
    },
  };
}

function operationOf(route: AdminRoute): JsonObject {
  const { id, tag, summary, description, scopes, body } = route;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: `${description}\n\nScopes: ${scopes.map((scope) => `\`${scope}\``).join(", ")}.`,
    parameters: parametersOf(route),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: body.whenEmpty === undefined,
            content: {
              "application/json": {
                schema: referenceTo(body.shape),
                examples: Object.fromEntries(
                  body.examples.map(({ summary: name, value }, at) => [`example${at + 1}`, { summary: name, value }]),
                ),
              },
            },
          },
        }),
    responses: responsesOf(route),
  };
}

function parametersOf({ params, query, headers = {} }: AdminRoute): readonly JsonObject[] {
  const named = Object.entries(headers).map(([name, { description, example }]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string", examples: [example] },
  }));
  return [...parametersIn(params, "path"), ...parametersIn(query, "query"), ...named];
}

function parametersIn(schema: z.ZodType | undefined, place: "path" | "query"): readonly JsonObject[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: "input" });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = plainJson(property);
    return {
      name,
      in: place,
      required: required.includes(name),
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** Every problem that a route may answer with. */
export function problemsOf({ body, isHeavy = false, problems }: AdminRoute): readonly ProblemName[] {
  const names = [...EVERYWHERE, ...(body === undefined ? [] : WITH_BODY), ...(isHeavy ? WHEN_HEAVY : []), ...problems];
  return [...new Set(names)];
}

function responsesOf(route: AdminRoute): JsonObject {
  const answers = Object.entries(route.answers).map(([status, answer]) => [status, responseOf(answer)] as const);
  const names = problemsOf(route);
  const statuses = [...new Set(names.map((name) => PROBLEMS[name].status))].sort((one, other) => one - other);
  const problems = statuses.map((status) => {
    const kinds = names.filter((name) => PROBLEMS[name].status === status);
    return [String(status), problemResponse(kinds)] as const;
  });
  return Object.fromEntries([...answers, ...problems]);
}

function responseOf({ description, shape, types = [], headers }: AnswerDeclaration): JsonObject {
  const texts = types.map((type) => [type, { schema: { type: "string" } }] as const);
  return {
    description,
    ...(headers === undefined ? {} : { headers: headersOf(headers) }),
    ...(shape === null
      ? {}
      : { content: { "application/json": { schema: referenceTo(shape) }, ...Object.fromEntries(texts) } }),
  };
}

function headersOf(headers: Readonly<Record<string, string>>): JsonObject {
  const entries = Object.entries(headers).map(([name, description]) => [
    name,
    { description, schema: { type: "string" } },
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

function problemResponse(names: readonly ProblemName[]): JsonObject {
  return {
    description: names.map((name) => `\`${name}\`: ${PROBLEMS[name].title}.`).join("\n"),
    content: { "application/problem+json": { schema: referenceTo(PROBLEM) } },
  };
}

function referenceTo({ name }: Shape): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

/** Every shape that a route names, with those inside of them taken out where they have a name of their own. */
function schemasOf(routes: readonly AdminRoute[]): JsonObject {
  const registry = z.registry<{ id: string }>();
  const shapes = routes.flatMap(({ body, answers }) => [
    ...(body === undefined ? [] : [body.shape]),
    ...Object.values(answers).flatMap(({ shape }) => (shape === null ? [] : [shape])),
  ]);
  for (const { name, schema } of [...shapes, PROBLEM]) registry.add(schema, { id: name });
  const { schemas } = z.toJSONSchema(registry, { io: "input", uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort()
      .map(([name, schema]) => [name, plainJson(schema)]),
  );
}

/** Without what identifies a schema that stands alone. */
function plainJson(schema: unknown): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(schema));
  if (!isJsonObject(json)) return {};
  const { $id: _id, $schema: _schema, ...rest } = json;
  return rest;
}
