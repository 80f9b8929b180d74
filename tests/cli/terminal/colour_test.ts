import { assertEquals } from "@std/assert";
import { isColoured, isSet } from "../../../cli/terminal/colour.ts";

Deno.test("isSet: a name in any case, unless its text is empty", () => {
  assertEquals(isSet({ No_Color: "1" }, "NO_COLOR"), true);
  assertEquals(isSet({ NO_COLOR: "" }, "NO_COLOR"), false);
  assertEquals(isSet({ NO_COLOUR: "1" }, "NO_COLOR"), false);
});

Deno.test("isColoured: true on a terminal whose user did not turn colours off", () => {
  const of = (terminal: boolean, variables: Record<string, string>): boolean =>
    isColoured({ isTerminal: () => terminal, environment: () => variables });
  assertEquals(of(true, {}), true);
  assertEquals(of(true, { no_color: "1" }), false);
  assertEquals(of(false, {}), false);
});
