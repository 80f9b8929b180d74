/**
 * A child's pipes as web streams.
 *
 * @module
 */
import type { PipeReader, PipeWriter } from "./pipe.ts";

/**
 * Closes the pipes of streams that nobody can reach any more: a program that does not read what a
 * child wrote should not have to close it.
 */
const ABANDONED = new FinalizationRegistry<PipeReader | PipeWriter>((pipe) => pipe.close());

let make: (pipe: PipeReader) => ProcessReadableStream;

/**
 * What a child writes, as a stream of bytes with the shortcuts of `Deno.ChildProcess`.
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
    make = (pipe) => new ProcessReadableStream(pipe);
  }

  private constructor(pipe: PipeReader) {
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
    // A stream of its own: a Response refuses one of which a part was read before.
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
   * @throws {SyntaxError} If it is no JSON.
   * @throws {TypeError} If it is being read by something else.
   * @throws {Win32Error} If the system refuses to read the pipe.
   */
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
}

/**
 * Makes the stream of a child's output: it reads only when somebody wants more, so a child that
 * writes faster than it is read waits.
 *
 * @param pipe Our end.
 * @returns The stream.
 */
export function readableStream(pipe: PipeReader): ProcessReadableStream {
  return make(pipe);
}

/**
 * Makes the stream of a child's standard input.
 *
 * @param pipe Our end.
 * @returns A stream whose writes wait until the child takes them; its close is the child's end of
 * input.
 */
export function writableStream(pipe: PipeWriter): WritableStream<Uint8Array> {
  // As they were when they were given: what waits its turn may be resized meanwhile.
  const lengths: number[] = [];
  const stream = new WritableStream<Uint8Array>({
    start: ({ signal }) => {
      // The sink's own abort() would come after a write that the child never takes.
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
        // The stream takes no more, so the child must see the end of its input.
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
