/** What the processes of a gateway say to each other. */
export type ProcessMessage =
  /** from a process that listens */
  | { readonly type: 'ready'; readonly url: string; readonly privatePort: number }
  /** to each of them: where the others take what is passed on, by number */
  | { readonly type: 'peers'; readonly ports: readonly (readonly [number: number, port: number])[] }

/** The gateway's options, as JSON. */
export const OPTIONS_VARIABLE = 'GATEWAY_PROCESS_OPTIONS'

export function readReady(message: unknown): Extract<ProcessMessage, { type: 'ready' }> | undefined {
  if (typeof message !== 'object' || message === null || !('url' in message) || !('privatePort' in message)) return
  const { url, privatePort } = message
  return typeof url === 'string' && typeof privatePort === 'number' ? { type: 'ready', url, privatePort } : undefined
}

export function readPeers(message: unknown): ReadonlyMap<number, number> | undefined {
  if (typeof message !== 'object' || message === null || !('ports' in message) || !Array.isArray(message.ports)) return
  return new Map(message.ports.map(([number, port]) => [Number(number), Number(port)]))
}
