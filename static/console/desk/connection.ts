/** What the parts of the desk need of the socket: ask, tell, and whether anybody listens. */
import type { Question, Reply, Socket } from "../../shared/socket.ts";
import type { TechnicianCommand, TechnicianFrame } from "../../shared/protocol.d.ts";

export type ConsoleSocket = Socket<TechnicianCommand, TechnicianFrame>;
export type Connection = Pick<ConsoleSocket, "call" | "post" | "state">;
export type Ask = Question<TechnicianCommand>;
export type Answer = Reply<TechnicianFrame>;

type Named<Name extends Answer["type"]> = Extract<Answer, { type: Name }>;

/** Asks, and takes only the kind of answer that the protocol promises to this command. */
export async function ask<Name extends Answer["type"]>(
  connection: Connection,
  command: Ask,
  answer: Name,
): Promise<Named<Name>> {
  const frame = await connection.call(command);
  if (!isNamed(frame, answer)) throw new TypeError(`The answer to ${command.type} is ${frame.type} and not ${answer}.`);
  return frame;
}

function isNamed<Name extends Answer["type"]>(frame: Answer, name: Name): frame is Named<Name> {
  return frame.type === name;
}
