import test from "ava";
import { findPlants } from "./planted.ts";

test("a fault that is built into the bridge is found (share 3 of 3)", (t) => findPlants(t, 3));
