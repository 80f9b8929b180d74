import { assertEquals } from "@std/assert";
import { readPrometheus } from "./prometheus_text.ts";

const GOOD = `# HELP a_seconds_total Time.
# TYPE a_seconds_total counter
a_seconds_total{mode="user"} 1.5
a_seconds_total{mode="a\\"b"} 0
# HELP b_bytes Size.
# TYPE b_bytes histogram
b_bytes_bucket{le="1"} 1
b_bytes_bucket{le="+Inf"} 2
b_bytes_sum 9
b_bytes_count 2
`;

Deno.test("readPrometheus: reads what the format allows", () => {
  const { faults, samples } = readPrometheus(GOOD);
  assertEquals(faults, []);
  assertEquals(samples.length, 6);
  assertEquals(samples[0], { name: "a_seconds_total", labels: { mode: "user" }, value: 1.5 });
});

Deno.test("readPrometheus: every rule is broken by some text", () => {
  const broken: [fault: string, from: string, to: string][] = [
    ["the last line has no end", "b_bytes_count 2\n", "b_bytes_count 2"],
    ["a_seconds_total: without TYPE and HELP", "# HELP a_seconds_total Time.\n", ""],
    ["a_seconds_total: a second HELP", "# TYPE a", "# HELP a_seconds_total x\n# TYPE a"],
    ["a_seconds_total: _total", "# TYPE a_seconds_total counter", "# TYPE a_seconds_total gauge"],
    ["not a sample: a_seconds_total{mode=user} 1", 'mode="user"} 1.5', "mode=user} 1"],
    ["not a sample: a_seconds_total x", 'a_seconds_total{mode="user"} 1.5', "a_seconds_total x"],
    ['a_seconds_total{mode="user"}: twice', 'mode="a\\"b"', 'mode="user"'],
    ['a_seconds_total{mode="user"}: a negative counter', "1.5", "-1"],
    ["b_bytes: +Inf is not the count", "b_bytes_count 2", "b_bytes_count 3"],
    ["b_bytes: no sum", "b_bytes_sum 9\n", ""],
    ["b_bytes: bucket Infinity does not follow 1", 'le="1"} 1', 'le="1"} 3'],
  ];
  for (const [fault, from, to] of broken) {
    const text = GOOD.replace(from, to);
    assertEquals(text === GOOD, false, fault);
    assertEquals(readPrometheus(text).faults.includes(fault), true, fault);
  }
  for (const name of ["a_ms_total", "a_kb_total", "a_B_total"]) {
    const { faults } = readPrometheus(GOOD.replaceAll("a_seconds_total", name));
    assertEquals(faults.length, 1, name);
  }
});
