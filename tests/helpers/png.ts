/**
 * Reads pictures: PNG with eight bits a channel, as browsers write their screenshots.
 *
 * @module
 */

/** A picture. */
export interface Picture {
  /** Pixels in a row. */
  readonly width: number;
  /** Rows. */
  readonly height: number;
  /** Answers the colour of a pixel as red, green and blue. */
  colour(x: number, y: number): readonly [number, number, number];
}

/** Channels by PNG's colour type. */
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/** The channel's predicted value after the PNG filters Paeth. */
function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const distances = [left, up, corner].map((value) => Math.abs(estimate - value));
  const least = Math.min(...distances);
  return [left, up, corner][distances.indexOf(least)] ?? 0;
}

/**
 * Decodes a picture.
 *
 * @param bytes A PNG file.
 * @returns The picture.
 * @throws {TypeError} If it is not a true-colour PNG with eight bits per channel.
 */
export async function decodePng(bytes: Uint8Array<ArrayBuffer>): Promise<Picture> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 33 || view.getUint32(0) !== 0x89504E47) {
    throw new TypeError("Cannot read the picture: it is no PNG");
  }
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const channels = CHANNELS[view.getUint8(25)];
  if (view.getUint8(24) !== 8 || channels === undefined) {
    throw new TypeError("Cannot read the picture: it has no true colours of eight bits");
  }
  const packed: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 8; at < bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (type === "IDAT") packed.push(bytes.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const stream = new Blob(packed).stream().pipeThrough(new DecompressionStream("deflate"));
  const raw = new Uint8Array(await new Response(stream).arrayBuffer());
  const stride = width * channels;
  const pixels = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let i = 0; i < stride; i++) {
      const here = y * stride + i;
      const left = i >= channels ? pixels[here - channels] ?? 0 : 0;
      const up = y > 0 ? pixels[here - stride] ?? 0 : 0;
      const corner = y > 0 && i >= channels ? pixels[here - stride - channels] ?? 0 : 0;
      const predicted = filter === 1
        ? left
        : filter === 2
        ? up
        : filter === 3
        ? (left + up) >> 1
        : filter === 4
        ? paeth(left, up, corner)
        : 0;
      pixels[here] = (raw[y * (stride + 1) + 1 + i] ?? 0) + predicted;
    }
  }
  return {
    width,
    height,
    colour: (x, y) => {
      const at = y * stride + x * channels;
      return [pixels[at] ?? 0, pixels[at + 1] ?? 0, pixels[at + 2] ?? 0];
    },
  };
}
