/**
 * How cost grows with what there is: members, jobs, children, samples, processes of a record.
 *
 * @module
 */
import { measureJobs, measureMembers, measureTogether } from "./growth_of_jobs.ts";
import { measureDay, measureRecords } from "./growth_of_records.ts";
import type { Programs } from "./programs.ts";

/** One measured size. */
export interface GrowthPoint {
  /** How many there were. */
  readonly x: number;
  /** The median: nanoseconds or bytes. */
  readonly value: number;
}

/** One curve. */
export interface Curve {
  /** Its name, unique, which is also that of its picture. */
  readonly name: string;
  /** What it shows, in words. */
  readonly shows: string;
  /** What is counted along it, such as `"processes"`. */
  readonly across: string;
  /** The unit of the values. */
  readonly unit: "ns" | "bytes";
  /** In order of size. */
  readonly points: readonly GrowthPoint[];
  /** Why it ends where it ends; absent if it got as far as it should. */
  readonly stopped?: string;
}

/** How something grows, in one or more curves that are measured together. */
export interface GrowthPart {
  /** Its name for `--only`. */
  readonly name: string;
  /** Measures it. */
  measure(): Promise<readonly Curve[]> | readonly Curve[];
}

/**
 * Everything whose growth is measured.
 *
 * @param programs The child.
 * @returns The parts.
 */
export function growthParts({ child }: Programs): GrowthPart[] {
  return [
    { name: "growth-members", measure: () => measureMembers(child) },
    { name: "growth-jobs", measure: () => measureJobs() },
    { name: "growth-children", measure: () => measureTogether(child) },
    { name: "growth-day", measure: () => measureDay() },
    { name: "growth-records", measure: () => measureRecords() },
  ];
}
