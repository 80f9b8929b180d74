/**
 * A program of its own that leaves `protect` out of its recipe: what one start closes stays closed for
 * the life of a program, so that no test beside others can see it open.
 *
 * @module
 */
import { assertDeviationIsSeen } from "./isolated_runs.ts";

assertDeviationIsSeen({ admin: false, protect: true }, "protect");
// deno-lint-ignore no-console -- what the test reads
console.log("seen");
