/**
 * Trials of a job's completion port.
 *
 * @module
 */
import { ERROR } from "../../ffi/constants.ts";
import { errorSymbol } from "../../ffi/error.ts";
import { different, kept, keptIf, type Trial, type TrialAnswer } from "./promise.ts";
import { has, shownMessages } from "./trial_port.ts";
import { TrialRoom } from "./trial_room.ts";

/** Milliseconds in which a message comes. */
const SOON = 1_000;

function latePort(): TrialAnswer {
  using room = new TrialRoom();
  const job = room.job();
  room.member(job);
  room.member(job);
  const port = room.port();
  const code = job.listen(port);
  if (code !== 0) return keptIf(false, errorSymbol(code));
  const messages = [port.take(SOON), port.take(SOON)].filter((message) => message !== undefined);
  return keptIf(
    messages.length === 2 && messages.every(({ name }) => name === "NEW_PROCESS"),
    shownMessages(messages),
  );
}

function noPort(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const codes = [job.listen(undefined), job.listen(room.port())];
  room.member(job);
  const still = port.take(SOON / 4);
  return keptIf(
    codes.every((code) => code === 0) && still === undefined,
    `removing the port: ${errorSymbol(codes[0]!)}; setting another port: ${
      errorSymbol(codes[1]!)
    }; ` +
      `the first port then gets ${shownMessages(still ? [still] : [])}`,
  );
}

function secondPort(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const code = job.listen(room.port());
  if (code === ERROR.INVALID_PARAMETER) return kept("ERROR_INVALID_PARAMETER");
  if (code !== 0) return different(errorSymbol(code));
  room.member(job);
  const stays = has(port.until("NEW_PROCESS", SOON / 2), "NEW_PROCESS");
  return {
    verdict: "broken",
    seen: `the second port is accepted; the first still gets messages: ${stays}`,
  };
}

function messageIds(): TrialAnswer {
  using room = new TrialRoom();
  const { job, port } = room.heard();
  const process = room.member(job);
  process.end();
  const messages = port.until("ACTIVE_PROCESS_ZERO", SOON);
  const named = messages.filter(({ value }) => value === BigInt(process.pid)).length;
  const zero = messages.at(-1);
  return keptIf(
    named === 2 && zero?.value === 0n && messages.every(({ key }) => key === 1n),
    `${named} of 2 messages carry the process's id; all carry the job's key`,
  );
}

/** The trials of ports. */
export function messageTrials() {
  return { latePort, noPort, secondPort, messageIds } satisfies Record<string, Trial>;
}
