import { assertEquals } from "@std/assert";
import { runDeno } from "../helpers/deno_process.ts";
import { suitingVariables, wineEnvironment } from "../../tools/host/environment.ts";
import { PROJECT } from "../../tools/host/project.ts";

/** What is to be kept from Wine, with values that do harm there. */
const HARMFUL: Readonly<Record<string, string>> = {
  TMPDIR: "",
  WINESERVERSOCKET: "1",
  WINELOADER: "/no/such",
  WINEPATH: "/no/such",
  LD_PRELOAD: "/no/such",
  LD_DEBUG: "unknown",
  GLIBC_TUNABLES: "unknown",
  MALLOC_PERTURB_: "/no/such",
  Path: "/no/such",
  TERM_PROGRAM: "tmux",
  TERM_PROGRAM_VERSION: "3.3a",
  WT_SESSION: "1",
  ConEmuANSI: "ON",
  ConEmuPID: "1",
  SSL_CERT_FILE: "/no/such",
  DISPLAY: ":99",
};

Deno.test("suitingVariables: what does harm under Wine is left out, everything else stays", () => {
  const own = { PATH: "/bin", HOME: "/root", TEMPORARY: "1", TERM: "xterm", NO_COLOR: "1" };
  assertEquals(suitingVariables({ ...own, ...HARMFUL }), {
    ...own,
    // Programs are there in Wine's root folder.
    PATH: "/bin:/usr/bin:/bin",
  });
});

Deno.test("wineEnvironment: Wine's own variables win", () => {
  const found = wineEnvironment({ WINEPREFIX: "/other", LC_ALL: "de_DE", A: "b" }, "/p");
  assertEquals([found.WINEPREFIX, found.LC_ALL, found.A], ["/p", "C.UTF-8", "b"]);
});

Deno.test("main: such variables neither end the program nor reach it", async () => {
  const code = `console.log(JSON.stringify(Deno.env.toObject()))`;
  // The loader of this system obeys its own variables before Deno can leave them out.
  const env = Object.fromEntries(
    Object.entries(HARMFUL).filter(([name]) => !/^(LD_|MALLOC_|GLIBC)/.test(name)),
  );
  const { code: exit, stdout, stderr } = await runDeno(
    ["run", "-A", `${PROJECT}/tools/host/main.ts`, "--bare", "eval", code],
    { env },
  );
  assertEquals({ exit, stderr }, { exit: 0, stderr: "" });
  const found: Record<string, string> = JSON.parse(stdout);
  assertEquals(Object.keys(env).filter((name) => found[name] === env[name]), []);
});
