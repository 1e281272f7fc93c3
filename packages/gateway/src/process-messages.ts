import { z } from 'zod'

const MESSAGE = z.discriminatedUnion('type', [
  /** From each, before it listens for clients: where it takes what others pass on. */
  z.object({ type: z.literal('private'), port: z.number() }),
  /** To each, once all have said so: those ports, by process number. */
  z.object({ type: z.literal('peers'), ports: z.array(z.tuple([z.number(), z.number()]).readonly()).readonly() }),
  /** From each that listens for clients. */
  z.object({ type: z.literal('ready'), url: z.string() }),
  /** To each: finish what is under way, and end. */
  z.object({ type: z.literal('stop') }),
])

/** What the processes of a gateway and the one that started them say to each other. */
export type ProcessMessage = Readonly<z.infer<typeof MESSAGE>>

/** The gateway's options, as JSON. */
export const OPTIONS_VARIABLE = 'GATEWAY_PROCESS_OPTIONS'

/** @returns undefined for what is none of ours: others may use the same channel */
export function readMessage(message: unknown): ProcessMessage | undefined {
  return MESSAGE.safeParse(message).data
}
