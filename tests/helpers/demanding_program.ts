/**
 * A program that needs what large programs need: many handles, temporary files, a port, pipes to
 * processes that it starts, and an object that these open by its name. Its argument is the child
 * program; it prints what worked as JSON.
 *
 * @module
 */
const [child = ""] = Deno.args;
const FILES = 200;
const TEXT = "through a pipe";

/** Opens many files in a folder for temporary files. */
function manyFiles(): number {
  const folder = Deno.makeTempDirSync();
  const files = [...Array(FILES).keys()].map((at) =>
    Deno.openSync(`${folder}\\${at}`, { create: true, write: true })
  );
  for (const file of files) file.close();
  Deno.removeSync(folder, { recursive: true });
  return files.length;
}

/** A text that goes through a process by its stdin and stdout. */
async function throughPipes(): Promise<string> {
  const cat = new Deno.Command(child, { args: ["cat"], stdin: "piped", stdout: "piped" }).spawn();
  const writer = cat.stdin.getWriter();
  await writer.write(new TextEncoder().encode(TEXT));
  await writer.close();
  const { stdout } = await cat.output();
  return new TextDecoder().decode(stdout);
}

/** A connection to a port of its own. */
async function ownPort(): Promise<string> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr as Deno.NetAddr;
  const [there, here] = await Promise.all([
    Deno.connect({ hostname: "127.0.0.1", port }),
    listener.accept(),
  ]);
  using _here = here;
  using _there = there;
  return here.localAddr.transport;
}

/** An object with the rights that the token gives by default, which a child opens by its name. */
async function namedObject(): Promise<string> {
  const kernel = Deno.dlopen("kernel32.dll", {
    CreateEventW: { parameters: ["usize", "i32", "i32", "buffer"], result: "usize" },
    CloseHandle: { parameters: ["usize"], result: "i32" },
  });
  const name = `jobbox-demanding-${crypto.randomUUID()}`;
  const wide = Uint16Array.from(`${name}\0`, (unit) => unit.charCodeAt(0));
  const event = kernel.symbols.CreateEventW(0n, 1, 0, wide);
  const { code } = await new Deno.Command(child, { args: ["signal", name] }).output();
  kernel.symbols.CloseHandle(event);
  kernel.close();
  return event === 0n ? "none" : `signal ${code}`;
}

// deno-lint-ignore no-console -- what the test reads
console.log(JSON.stringify({
  files: manyFiles(),
  pipes: await throughPipes(),
  port: await ownPort(),
  object: await namedObject(),
}));
