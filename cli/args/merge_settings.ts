/**
 * The settings in force: those of a policy and those of the command line.
 *
 * @module
 */
import { LIFT, type SettingSpec } from "./option.ts";
import type { Setting } from "./settings.ts";

/**
 * Merges the settings of a policy with those of the command line, which wins for each option and for
 * the options that exclude it. Variables are kept one by one, the command line's last. Removed limits
 * and undone flags are left out.
 *
 * @param policy The policy's settings.
 * @param given The command line's.
 * @param options The options that there are.
 * @returns All settings in force.
 */
export function mergeSettings(
  policy: readonly Setting[],
  given: readonly Setting[],
  { specs }: { readonly specs: readonly SettingSpec[] },
): Setting[] {
  const byName = new Map(specs.map((spec) => [spec.name, spec]));
  const groupOf = ({ name }: Setting): string => byName.get(name)?.excludes ?? name;
  const replaced = new Set(
    given.filter(({ name }) => byName.get(name)?.perVariable !== true).map(groupOf),
  );
  const isLifted = ({ name, undone, value }: Setting): boolean =>
    undone !== undefined ||
    (byName.get(name)?.lift === true && value.toLowerCase() === LIFT);
  const kept = policy.filter((setting) => !replaced.has(groupOf(setting)));
  const all = [...kept, ...given];
  const isOrphan = ({ name }: Setting): boolean => {
    const whole = byName.get(name)?.partOf;
    return whole !== undefined && !all.some((setting) => setting.name === whole.flag) &&
      given.some(({ name, value }) => name === whole.option && value.toLowerCase() !== whole.word);
  };
  return [...kept.filter((setting) => !isOrphan(setting)), ...given]
    .filter((setting) => !isLifted(setting));
}
