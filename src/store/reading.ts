import { toStoreError } from "./store-errors.ts";

/** Runs reads outside the write queue; what they throw comes in the store's own errors. */
export async function reading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(error);
  }
}
