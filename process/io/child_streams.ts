/**
 * Web streams over a child's pipes.
 *
 * @module
 */
import type { PipeReader, PipeWriter } from "./pipe.ts";

/**
 * Closes the pipes of streams that are no longer reachable: a program that does not read a child's
 * output should not have to close it.
 */
const ABANDONED = new FinalizationRegistry<PipeReader | PipeWriter>((pipe) => pipe.close());

/** Only this module has it: a stream without a pipe would fail at its first read. */
const OWN: unique symbol = Symbol("ProcessReadableStream");

let make: (pipe: PipeReader) => ProcessReadableStream;

/**
 * A child's output as a stream of bytes, with the shortcut methods of `Deno.ChildProcess`.
 *
 * @example
 * ```ts
 * import { ProcessReadableStream } from "@jobbox/jobobject";
 *
 * const lastLine = async (stream: ProcessReadableStream): Promise<string | undefined> =>
 *   (await stream.text()).trimEnd().split("\r\n").at(-1);
 * ```
 */
export class ProcessReadableStream extends ReadableStream<Uint8Array<ArrayBuffer>> {
  static {
    make = (pipe) => new ProcessReadableStream(OWN, pipe);
  }

  private constructor(own: typeof OWN, pipe: PipeReader) {
    if (own !== OWN) {
      throw new TypeError("Cannot construct ProcessReadableStream: JobObject.spawn() makes it");
    }
    super({
      type: "bytes",
      pull: async (source) => {
        const controller = source as ReadableByteStreamController;
        const request = controller.byobRequest;
        const view = request?.view as Uint8Array<ArrayBuffer> | null | undefined;
        const chunk = await pipe.read(view ?? undefined);
        if (chunk === null) {
          controller.close();
          request?.respond(0);
        } else if (request) request.respond(chunk.length);
        else controller.enqueue(chunk);
      },
      cancel: () => pipe.close(),
    });
    ABANDONED.register(this, pipe);
  }

  /**
   * Reads to the end.
   *
   * @returns All bytes.
   * @throws {TypeError} If it is being read by something else.
   * @throws {Win32Error} If the system refuses to read the pipe.
   */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    // A new stream, because a Response refuses one that was partly read before.
    return await new Response(ReadableStream.from(this)).bytes();
  }

  /**
   * Reads to the end.
   *
   * @returns All bytes.
   * @throws {TypeError} If it is being read by something else.
   * @throws {Win32Error} If the system refuses to read the pipe.
   */
  async arrayBuffer(): Promise<ArrayBuffer> {
    return (await this.bytes()).buffer;
  }

  /**
   * Reads to the end as UTF-8.
   *
   * @returns The text.
   * @throws {TypeError} If it is being read by something else.
   * @throws {Win32Error} If the system refuses to read the pipe.
   */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }

  /**
   * Reads to the end as JSON.
   *
   * @returns The value.
   * @throws {SyntaxError} If it is not JSON.
   * @throws {TypeError} If it is being read by something else.
   * @throws {Win32Error} If the system refuses to read the pipe.
   */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

/**
 * Creates the stream of a child's output. It reads only on demand, so a child that writes faster
 * than its reader has to wait.
 *
 * @param pipe This program's end.
 * @returns The stream.
 */
export function readableStream(pipe: PipeReader): ProcessReadableStream {
  return make(pipe);
}

/**
 * Creates the stream of a child's standard input.
 *
 * @param pipe This program's end.
 * @returns A stream whose writes wait until the child reads them; closing it is the end of the
 * child's input.
 */
export function writableStream(pipe: PipeWriter): WritableStream<Uint8Array> {
  // A copy, because the buffer may be resized while it waits in the queue.
  const lengths: number[] = [];
  const stream = new WritableStream<Uint8Array>({
    start: ({ signal }) => {
      // The sink's abort() would only run after a write that the child may never read.
      signal.addEventListener("abort", () => pipe.close(), { once: true });
    },
    write: async (chunk) => {
      try {
        const length = lengths.shift() ?? 0;
        if (!(chunk instanceof Uint8Array)) {
          throw new TypeError(
            `Cannot write to a child: expected a Uint8Array, got ${typeof chunk}`,
          );
        }
        await pipe.write(chunk, length);
      } catch (error) {
        // The stream accepts nothing more, so the child must see the end of its input.
        pipe.close();
        throw error;
      }
    },
    close: () => pipe.close(),
  }, {
    highWaterMark: 1,
    size: (chunk) => {
      lengths.push(chunk instanceof Uint8Array ? chunk.length : 0);
      return 1;
    },
  });
  ABANDONED.register(stream, pipe);
  return stream;
}
