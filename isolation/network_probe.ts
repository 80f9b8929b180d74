/**
 * A port of this machine, to see who connects to it.
 *
 * @module
 */
import { SOCKETS } from "../ffi/constants.ts";
import { failure, Win32Error } from "../ffi/error.ts";
import { ws2_32 } from "../ffi/library.ts";

const VERSION = 0x0202;
/** More than WSADATA has. */
const STARTUP_MAX = 512;
/** Bytes of an address: family, port, address, eight zeros. */
const ADDRESS_SIZE = 16;
const LOOPBACK = [127, 0, 0, 1];
const INVALID_SOCKET = 0xffff_ffff_ffff_ffffn;

const ACTION = "Cannot open a port for a trial";

function address(port: number): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(ADDRESS_SIZE));
  view.setUint16(0, SOCKETS.AF_INET, true);
  view.setUint16(2, port);
  for (const [at, byte] of LOOPBACK.entries()) view.setUint8(4 + at, byte);
  return new Uint8Array(view.buffer);
}

/** A result of a function of sockets: 0 for success, else the last error has the code. */
function checkSocket(result: number, api: string): void {
  if (result !== 0) throw new Win32Error(failure(0), api, ACTION);
}

function openSocket(): bigint {
  const { AF_INET, IPPROTO_TCP, SOCK_STREAM } = SOCKETS;
  const value = ws2_32.socket(AF_INET, SOCK_STREAM, IPPROTO_TCP);
  if (value === INVALID_SOCKET) throw new Win32Error(failure(0), "socket", ACTION);
  return value;
}

/** A port that listens until it is disposed of. */
export class NetworkProbe implements Disposable {
  readonly #listener: bigint;
  /** Its number. */
  readonly port: number;

  /**
   * Opens a port, and connects to it once: it can be reached.
   *
   * @throws {Win32Error} If the system refuses.
   */
  constructor() {
    const started = ws2_32.WSAStartup(VERSION, new Uint8Array(STARTUP_MAX));
    if (started !== 0) throw new Win32Error(started, "WSAStartup", ACTION);
    this.#listener = openSocket();
    try {
      checkSocket(ws2_32.bind(this.#listener, address(0), ADDRESS_SIZE), "bind");
      checkSocket(ws2_32.listen(this.#listener, 16), "listen");
      const found = new Uint8Array(ADDRESS_SIZE);
      const length = Int32Array.of(ADDRESS_SIZE);
      checkSocket(ws2_32.getsockname(this.#listener, found, length), "getsockname");
      this.port = new DataView(found.buffer).getUint16(2);
      const isNonblocking = Uint32Array.of(1);
      const set = ws2_32.ioctlsocket(this.#listener, SOCKETS.FIONBIO | 0, isNonblocking);
      checkSocket(set, "ioctlsocket");
      this.#connect();
      if (this.arrivals() !== 1) throw new Error(`${ACTION}: jobbox itself cannot reach it`);
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  #connect(): void {
    const client = openSocket();
    try {
      checkSocket(ws2_32.connect(client, address(this.port), ADDRESS_SIZE), "connect");
    } finally {
      ws2_32.closesocket(client);
    }
  }

  /**
   * Counts who has connected since the last call.
   *
   * @returns How many.
   * @throws {Win32Error} If the system does not say.
   */
  arrivals(): number {
    for (let count = 0;; count++) {
      const value = ws2_32.accept(this.#listener, null, null);
      const code = value === INVALID_SOCKET ? failure(0) : 0;
      if (code === SOCKETS.WSAEWOULDBLOCK) return count;
      if (code !== 0) throw new Win32Error(code, "accept", ACTION);
      ws2_32.closesocket(value);
    }
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    ws2_32.closesocket(this.#listener);
  }
}
