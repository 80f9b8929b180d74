import { assertEquals, assertStringIncludes } from "@std/assert";
import { run } from "../../tools/host/command.ts";
import { bubblewrapMounts, chrootScript, type Mount, mountsOver } from "../../tools/host/layout.ts";

const MACHINE = {
  entries: [
    { name: "home" },
    { name: "work" },
    { name: "bin", link: "usr/bin" },
    { name: "usr" },
    { name: "proc" },
    { name: "lost+found" },
    { name: "data", link: "/mnt/it's" },
  ],
  files: ["/etc/hosts"],
};

Deno.test("mountsOver: programs are the root folder's, all other files the machine's", () => {
  const mounts = mountsOver("/R", MACHINE);
  const at = (target: string): Mount[] => mounts.filter((mount) => mount.target === target);
  assertEquals(at("/usr"), [{ kind: "readonly", source: "/R/usr", target: "/usr" }]);
  assertEquals(at("/bin"), [{ kind: "symlink", source: "usr/bin", target: "/bin" }]);
  assertEquals(at("/work"), [{ kind: "bind", source: "/work", target: "/work" }]);
  assertEquals(at("/data"), [{ kind: "symlink", source: "/mnt/it's", target: "/data" }]);
  assertEquals(at("/proc"), [{ kind: "proc", target: "/proc" }]);
  assertEquals(at("/lost+found"), []);
});

Deno.test("mountsOver: each mount comes after the one that it lies in", () => {
  const targets = mountsOver("/R", MACHINE).map(({ target }) => target);
  assertEquals(targets.indexOf("/etc") < targets.indexOf("/etc/hosts"), true);
});

Deno.test("bubblewrapMounts: every kind has its option", () => {
  const mounts: Mount[] = [
    { kind: "bind", source: "/a", target: "/b" },
    { kind: "readonly", source: "/a", target: "/b" },
    { kind: "device", source: "/dev", target: "/dev" },
    { kind: "symlink", source: "a", target: "/b" },
    { kind: "proc", target: "/proc" },
    { kind: "tmpfs", target: "/run" },
  ];
  assertEquals(
    bubblewrapMounts(mounts).join(" "),
    [
      "--bind /a /b --ro-bind /a /b --dev-bind /dev /dev --symlink a /b --proc /proc --tmpfs /run",
    ].join(" "),
  );
});

Deno.test("chrootScript: is a shell script whatever the paths hold", async () => {
  const script = chrootScript(mountsOver("/R's $(x)", MACHINE), "/root folder");
  assertStringIncludes(script, `'/R'\\''s $(x)/usr'`);
  assertEquals((await run(["sh", "-n", "-c", script])).code, 0);
  assertEquals((await run(["sh", "-n", "-c", `${script}'`])).code, 2);
});
