import test from "ava";
import { z } from "zod";
import { checked } from "../../src/connectors/checked.ts";

const person = z.object({ name: z.string(), age: z.int() });

test("what has the shape that is due is what it holds, and nothing more", (t) => {
  t.deepEqual(checked(person, { name: "Ana", age: 7, more: true }, "Acme"), { name: "Ana", age: 7 });
});

test("what has another shape is told by its places alone, and not by more than three", (t) => {
  const message = "Acme answered in a shape that we do not know: ";
  const places = (body: unknown): string | undefined =>
    t
      .throws(() => checked(z.array(person), body, "Acme"), { code: "connector.unavailable" })
      ?.message.slice(message.length);
  t.is(places([{ name: "Ana", age: "secret" }]), "0.age invalid_type");
  t.is(places([{}, {}]), "0.name invalid_type, 0.age invalid_type, 1.name invalid_type");
  t.is(places(undefined), " invalid_type");
});
