import test from "ava";
import { findPlants } from "./planted.ts";

test("a fault that is built into the bridge is found (share 2 of 3)", (t) => findPlants(t, 2));
