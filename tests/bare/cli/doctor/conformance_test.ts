/**
 * What Wine without help does of what Windows promises.
 */
import { assertConformance } from "../../../helpers/conformance_run.ts";

Deno.test("jobbox doctor --conformance: each promise has the recorded verdict", () =>
  assertConformance("wine"));
