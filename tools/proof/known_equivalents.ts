/**
 * Faults that change nothing, which no test can notice.
 *
 * @module
 */

/** Each fault as the command names it, without its line number, and why it changes nothing. */
export const KNOWN_EQUIVALENTS: Readonly<Record<string, string>> = {
  "job/limits/cpu_limit.ts change a number: const on = FLAGS.ENABLE | (limit.notify === true ? FLAGS.NOTIFY : 0); -> const on = FLAGS.ENABLE | (limit.notify === true ? FLAGS.NOTIFY : 1);":
    "ENABLE is 1",
  "job/limits/cpu_limit.ts drop a call: cpusToPercent(limit.hardCapCpus, processors); -> ":
    "the range before it already refuses all that it would",
  'job/limits/cpu_limit.ts swap fields: if ("min" in limit && limit.min !== undefined) { -> if ("min" in limit && limit.max !== undefined) {':
    "of a checked limit both are there or none",
  "job/limits/cpu_limit.ts swap fields: if (given.min !== undefined && (given.min as number) > (given.max as number)) { -> if (given.max !== undefined && (given.min as number) > (given.max as number)) {":
    "of a checked form both are there or none",
  'job/limits/rate_limits.ts change a number: form: count({ min: 1, max: 9, unit: "" }), -> form: count({ min: 2, max: 9, unit: "" }),':
    "a form reads the number; checkCpuLimit has the range",
  'job/limits/rate_limits.ts change a number: form: count({ min: 1, max: 9, unit: "" }), -> form: count({ min: 1, max: 10, unit: "" }),':
    "a form reads the number; checkCpuLimit has the range",
  "isolation/token_facts.ts change a number: return readSid(answer.view, placeOf(answer, address, 1)).text; -> return readSid(answer.view, placeOf(answer, address, 2)).text;":
    "an identifier has eight bytes or more, so one at the last byte is refused anyway",
  "cli/run/end_reason.ts change a number: const hit = limitHits(event, 0).find(({ name, limit }) => -> const hit = limitHits(event, 1).find(({ name, limit }) =>":
    "the time of the hit is not used",
  "cli/run/supervisor.ts leave no sooner: return; ->  (3)":
    "the case after it has nothing to do either",
  "job/limits/change.ts swap and, or: const isSame = wanted === undefined || value === undefined -> const isSame = wanted === undefined && value === undefined":
    "each row compares texts or numbers, and no value is equal to none",
  "cli/run/supervisor.ts change a number: const TREE_PATIENCE = 1000; -> const TREE_PATIENCE = 1001;":
    "no timer of the system is exact to a millisecond",
  "cli/run/supervisor.ts change a number: const LATE_EVENTS = 150; -> const LATE_EVENTS = 151;":
    "no timer of the system is exact to a millisecond",
};
