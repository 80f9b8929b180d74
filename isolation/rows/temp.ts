/**
 * The restriction `temp`: a new folder for temporary files.
 *
 * @module
 */
import { FILE } from "../../ffi/constants.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { variableKey } from "../../process/start/environment_block.ts";
import { IsolationNotAppliedError } from "../errors.ts";
import { FreshFolder, sweepFolders } from "../fresh_folder.ts";
import { LABEL_LOW, labelFolder } from "../label.ts";
import { TEMP_VARIABLES } from "../table.ts";
import type { Born, Draft, TrialRoom, Work } from "../work.ts";

const TRIAL = "jobbox-trial.txt";

/** The restriction `temp: "fresh"`. */
export class TempWork implements Work {
  readonly row = "temp";
  readonly asked: string;
  readonly #folder: FreshFolder;
  readonly #left: readonly string[];

  /**
   * Creates the folder, and deletes folders that crashed runs left.
   *
   * @param isLow Whether a process of the low level must be able to write to it.
   * @throws {Win32Error} If it cannot be created.
   */
  constructor(isLow: boolean) {
    this.#left = sweepFolders();
    this.#folder = FreshFolder.create();
    this.asked = this.#folder.path;
    try {
      if (isLow) labelFolder(this.#folder.path, LABEL_LOW);
    } catch (error) {
      this.#folder.remove();
      throw error;
    }
  }

  apply(draft: Draft): void {
    for (const name of TEMP_VARIABLES) draft.env[name] = this.#folder.path;
  }

  readBack(born: Born): string {
    const found = new Map(born.environment().map(([name, value]) => [variableKey(name), value]));
    for (const name of TEMP_VARIABLES) {
      const value = found.get(name);
      if (value === this.#folder.path) continue;
      this.#fail("in the suspended process", `${name} is ${value ?? "absent"}`);
    }
    return this.#folder.path;
  }

  trial(room: TrialRoom): string {
    const code = room.run("cmd.exe", `/d /c echo x>"%TEMP%\\${TRIAL}"`);
    const path = encodeWide(`${this.#folder.path}\\${TRIAL}`, "a path");
    if (kernel32.GetFileAttributesW(path) === FILE.INVALID_FILE_ATTRIBUTES) {
      this.#fail("by a trial", `a file written to %TEMP% is not there, code ${code}`);
    }
    return "a file written to %TEMP% is in the folder";
  }

  #fail(gate: IsolationNotAppliedError["gate"], read: string): never {
    throw new IsolationNotAppliedError({ row: this.row, gate, asked: this.asked, read });
  }

  tidy(): string[] {
    return [...this.#left, ...this.#folder.remove()];
  }

  [Symbol.dispose](): void {
    this.#folder.remove();
  }
}
