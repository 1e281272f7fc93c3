const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface Interruption {
  readonly signal: AbortSignal
  [Symbol.dispose](): void
}

/**
 * Turn the first Ctrl-C into an abort, so that processes are ended, checkouts removed and what is known is printed. A
 * second one meets the system's own handling, for whoever cannot wait.
 */
export function onInterrupt(announce: () => void): Interruption {
  const controller = new AbortController()
  const release = (): void => {
    for (const name of SIGNALS) process.off(name, interrupt)
  }
  const interrupt = (): void => {
    release()
    announce()
    controller.abort(new DOMException('interrupted', 'AbortError'))
  }
  for (const name of SIGNALS) process.on(name, interrupt)
  return { signal: controller.signal, [Symbol.dispose]: release }
}
