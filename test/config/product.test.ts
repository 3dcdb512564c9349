import test from "ava";
import { folderWith, load, problemsOf, smallest } from "../support/config-files.ts";

const toy = { connector: "toy", token: "t" };
const game = { connector: "game", apiKey: "k" };

test("each connector is taken with its own options and defaults", (t) => {
  const productOf = (product: object) =>
    load({ cwd: folderWith(t, { "sync.config.json": { ...smallest, product } }) }).config.product;
  t.like(productOf(toy), { connector: "toy", options: { connector: "toy", token: "t", pageSize: 100 } });
  t.deepEqual(productOf({ ...game, seats: { standard: 1 } }).options, { connector: "game", apiKey: "k", level: 1 });
});

test("bookings may be those of a second product, with a rate limit of its own", (t) => {
  const product = { ...toy, rateLimit: { perMinute: 60 }, bookings: { ...game, rateLimit: { perMinute: 500 } } };
  const { config, printable } = load({ cwd: folderWith(t, { "sync.config.json": { ...smallest, product } }) });
  t.deepEqual(config.product.bookings, {
    connector: "game",
    options: { connector: "game", apiKey: "k", level: 1 },
    rateLimit: { perMinute: 500, reserve: 0.2 },
  });
  t.deepEqual(config.product.options, { connector: "toy", token: "t", pageSize: 100 });
  t.like(printable, { product: { token: "***", bookings: { connector: "game", apiKey: "***", level: 1 } } });
});

test("two organisations of one product are a pair: one has the people, the other the bookings", (t) => {
  const product = { ...toy, bookings: { ...toy, token: "another" } };
  t.deepEqual(problemsOf({ cwd: folderWith(t, { "sync.config.json": { ...smallest, product } }) }), []);
});

test("secrets of the second product are references as anything else, and are never printed", (t) => {
  const product = { ...toy, bookings: { ...toy, token: { env: "SECOND" }, baseUrl: { env: "WHERE" } } };
  const cwd = folderWith(t, { "sync.config.json": { ...smallest, product } });
  const environment = { SECOND: "s3cret", WHERE: "https://s3cret.example" };
  const { config, printable } = load({ cwd, environment });
  t.like(config.product.bookings?.options, { token: "s3cret", baseUrl: "https://s3cret.example" });
  t.notRegex(JSON.stringify(printable), /s3cret/);
});

const refused: readonly (readonly [title: string, product: unknown, path: string, message: string | RegExp])[] = [
  [
    "a connector that is nearly one",
    { connector: "tyo", token: "t" },
    "product.connector",
    'must be "toy" or "game"; did you mean "toy"?',
  ],
  ["a connector that is like none", { connector: "calendar" }, "product.connector", 'must be "toy" or "game"'],
  ["a connector that is no word", { connector: 7 }, "product.connector", 'must be "toy" or "game"'],
  ["no connector", { token: "t" }, "product.connector", 'is required: "toy" or "game"'],
  ["no product", undefined, "product", "is required"],
  ["a product in one word", "toy", "product", "must be an object, not a string"],
  ["an option that no connector has", { ...toy, tokn: "t" }, "product", 'unknown key "tokn": did you mean "token"?'],
  [
    "an option that is like none",
    { ...toy, organization: "t" },
    "product",
    'unknown key "organization": allowed are connector, token, baseUrl, pageSize, rateLimit, seats, bookings',
  ],
  [
    "an option of another connector",
    { ...toy, level: 3 },
    "product",
    'unknown key "level": an option of "game", not of "toy"',
  ],
  [
    "a second connector that is none",
    { ...toy, bookings: { connector: "gaem", apiKey: "k" } },
    "product.bookings.connector",
    'must be "toy" or "game"; did you mean "game"?',
  ],
  ["a second connector without a name", { ...toy, bookings: {} }, "product.bookings.connector", /^is required: /],
  ["no secret for the second", { ...toy, bookings: { connector: "game" } }, "product.bookings.apiKey", "is required"],
  [
    "an option of the first connector in the second",
    { ...toy, bookings: { ...game, pageSize: 3 } },
    "product.bookings",
    'unknown key "pageSize": an option of "toy", not of "game"',
  ],
  [
    "seats of the second product",
    { ...toy, bookings: { ...game, seats: { standard: 5 } } },
    "product.bookings",
    'unknown key "seats": people have their seats in the first product: move it to product.seats',
  ],
  [
    "a third product",
    { ...toy, bookings: { ...game, bookings: toy } },
    "product.bookings",
    'unknown key "bookings": there can be one connector for bookings only: remove it',
  ],
  [
    "the product itself once more",
    { ...toy, bookings: toy },
    "product.bookings",
    /^is the product itself, .*remove it$/,
  ],
  [
    "a rate limit of nothing for the second",
    { ...toy, bookings: { ...game, rateLimit: { perMinute: 0 } } },
    "product.bookings.rateLimit.perMinute",
    "must be at least 1",
  ],
];

for (const [title, product, path, message] of refused) {
  test(`refused: ${title}`, (t) => {
    const problems = problemsOf({ cwd: folderWith(t, { "sync.config.json": { ...smallest, product } }) });
    t.deepEqual(
      problems.map((problem) => problem.path),
      [path],
    );
    const [found] = problems;
    if (message instanceof RegExp) t.regex(found?.message ?? "", message);
    else t.is(found?.message, message);
  });
}

test("several keys that are unknown are told one by one, each in its own way", (t) => {
  const product = { ...toy, level: 1, tokn: "x" };
  t.deepEqual(problemsOf({ cwd: folderWith(t, { "sync.config.json": { ...smallest, product } }) }), [
    { path: "product", message: 'unknown key "level": an option of "game", not of "toy"' },
    { path: "product", message: 'unknown key "tokn": did you mean "token"?' },
  ]);
});
