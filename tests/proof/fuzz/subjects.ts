/**
 * Everything that is fuzzed.
 *
 * @module
 */
import { ADS_OF_ENGINES } from "./ads.ts";
import { ARGUMENTS } from "./arguments.ts";
import { FILES } from "./files.ts";
import { LAYOUTS } from "./layouts.ts";
import { LIMITS } from "./limits.ts";
import { LINES } from "./lines.ts";
import type { Subject } from "./subject.ts";
import { UNITS } from "./units.ts";

/** The subjects, by what they read. */
export const SUBJECTS: readonly Subject[] = [
  ...UNITS,
  ...LIMITS,
  ...FILES,
  ...ARGUMENTS,
  ...LINES,
  ...LAYOUTS,
  ...ADS_OF_ENGINES,
];
