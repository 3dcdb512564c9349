import type { IncomingMessage } from "node:http";
import { JsonTextError, parseJson } from "./parse-json.ts";

/** How much a request body may ask of us. */
export interface BodyLimits {
  /** Counted while the body arrives, whatever `Content-Length` says. */
  readonly maxBytes: number;
  /** Levels of arrays and objects; 32 unless told. */
  readonly maxDepth?: number;
}

/** Why a request body was not taken; stable. */
export type BodyErrorCode =
  | "body.too-large"
  | "body.encoding"
  | "body.not-utf8"
  | "body.not-json"
  | "body.too-deep"
  | "body.nul"
  | "body.aborted";

/** A request body that was not taken, with the HTTP status that says so. The message is safe to show and quotes nothing. */
export class BodyError extends Error {
  readonly code: BodyErrorCode;
  readonly status: 400 | 413 | 415;
  constructor(code: BodyErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "BodyError";
    this.code = code;
    this.status = code === "body.too-large" ? 413 : code === "body.encoding" ? 415 : 400;
  }
}

/**
 * Reads a whole request body as JSON in UTF-8; `undefined` when it is empty. The content type is the caller's matter.
 * Throws BodyError. When the body is too large its rest is thrown away as it arrives, so that the client gets to read
 * the answer.
 */
export async function readJsonBody(request: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  const encoding = request.headers["content-encoding"]?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "") {
    request.resume();
    throw new BodyError("body.encoding", "a compressed body is not accepted: send it without Content-Encoding");
  }
  const text = decode(await readBytes(request, limits.maxBytes));
  if (text === "") return undefined;
  try {
    return parseJson(text, limits.maxDepth);
  } catch (error) {
    if (error instanceof JsonTextError)
      throw new BodyError(`body.${error.fault}`, `the body is refused: ${error.message}`);
    throw error;
  }
}

function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (error: BodyError | null): void => {
      request.off("data", take).off("end", finish).off("error", abort).off("close", abort);
      if (error === null) return resolve(Buffer.concat(chunks, size));
      // A socket that breaks while the rest is thrown away concerns nobody any more.
      request.on("error", () => undefined).resume();
      reject(error);
    };
    const tooLarge = (): void => settle(new BodyError("body.too-large", `the body is larger than ${maxBytes} bytes`));
    const take = (chunk: Buffer): void => {
      size += chunk.length;
      if (size > maxBytes) return tooLarge();
      chunks.push(chunk);
    };
    const finish = (): void => settle(null);
    const abort = (): void =>
      settle(new BodyError("body.aborted", "the connection ended before the whole body had come"));
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return tooLarge();
    if (request.destroyed && !request.readableEnded) return abort();
    request.on("data", take).on("end", finish).on("error", abort).on("close", abort);
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BodyError("body.not-utf8", "the body is not valid UTF-8");
  }
}
