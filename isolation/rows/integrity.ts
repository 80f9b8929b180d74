/**
 * The restriction `integrity`: a level below that of the user's files.
 *
 * @module
 */
import { FILE } from "../../ffi/constants.ts";
import { kernel32 } from "../../ffi/library.ts";
import { encodeWide } from "../../ffi/strings.ts";
import { IsolationNotAppliedError } from "../errors.ts";
import { trialFolder } from "../fresh_folder.ts";
import { LABEL_LOW, labelFolder } from "../label.ts";
import { levelText, SID } from "../sid.ts";
import { readToken, restrictToken, setIntegrity } from "../token.ts";
import type { Born, Draft, TrialRoom, Work } from "../work.ts";

/** The advice for a system without levels. */
export const ADVICE = "this system does not keep integrity levels";

/**
 * Checks whether this system keeps levels, before anything is created.
 *
 * @param own Our own token.
 * @throws {IsolationNotAppliedError} If a token that was set to low reports another level.
 * @throws {Win32Error} If the system refuses.
 */
export function checkLevels(own: bigint): void {
  using token = restrictToken(own, { denyOnly: [], privileges: [] });
  setIntegrity(token.value, SID.low);
  const { integrity } = readToken(token.value);
  if (integrity === SID.low) return;
  throw new IsolationNotAppliedError({
    row: "integrity",
    gate: "before the start",
    asked: levelText(SID.low),
    read: levelText(integrity),
    advice: ADVICE,
  });
}

/** The restriction `integrity: "low"`. */
export class IntegrityWork implements Work {
  readonly row = "integrity";
  readonly asked = levelText(SID.low);

  apply(draft: Draft): void {
    draft.level = SID.low;
  }

  readBack({ token }: Born): string {
    const read = levelText(token.integrity);
    if (token.integrity === SID.low) return read;
    const { asked, row } = this;
    const gate = "in the suspended process";
    throw new IsolationNotAppliedError({ row, gate, asked, read, advice: ADVICE });
  }

  trial(room: TrialRoom): string {
    using undo = new DisposableStack();
    const [plain, labelled] = [trialFolder(undo, room.left), trialFolder(undo, room.left)];
    labelFolder(labelled, LABEL_LOW);
    const [closed, open] = [`${plain}\\trial.txt`, `${labelled}\\trial.txt`];
    room.run("cmd.exe", `/d /c echo x>"${open}"`);
    if (!isThere(open)) this.#fail("a folder of the level low could not be written");
    const code = room.run("cmd.exe", `/d /c echo x>"${closed}"`);
    if (isThere(closed)) this.#fail("a folder of the user was written");
    if (code !== 1) this.#fail(`the trial ended with ${code}, which is not a refusal`);
    return "a folder of the user was not written, one of the level low was";
  }

  #fail(read: string): never {
    const { asked, row } = this;
    throw new IsolationNotAppliedError({ row, gate: "by a trial", asked, read });
  }

  [Symbol.dispose](): void {}
}

function isThere(path: string): boolean {
  const attributes = kernel32.GetFileAttributesW(encodeWide(path, "a path"));
  return attributes !== FILE.INVALID_FILE_ATTRIBUTES;
}
