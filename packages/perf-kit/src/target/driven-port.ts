import type { Readiness } from './readiness.ts'

const USUAL_PORTS: ReadonlyMap<string, number> = new Map([
  ['http:', 80],
  ['https:', 443],
])

/** On which port a target will be asked, as far as it is known before somebody asks. */
export function drivenPort(url: string | undefined, ready: Readiness): number | undefined {
  if (url !== undefined) return portOf(url)
  if ('tcp' in ready) return ready.tcp
  return 'http' in ready ? portOf(ready.http) : undefined
}

export function portOf(url: string): number | undefined {
  if (!URL.canParse(url)) return undefined
  const { port, protocol } = new URL(url)
  return port === '' ? USUAL_PORTS.get(protocol) : Number(port)
}
