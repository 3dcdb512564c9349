/**
 * Sends statements of one transaction that need nothing of each other, so that the driver has them all at once. When one
 * fails, the others have ended before it throws: what ran after the end of the transaction would be committed alone.
 */
export async function together<Answers extends readonly unknown[]>(statements: {
  readonly [Index in keyof Answers]: PromiseLike<Answers[Index]>;
}): Promise<Answers> {
  await Promise.allSettled(statements);
  return Promise.all(statements) as Promise<unknown> as Promise<Answers>;
}
