import { type ReferenceServer, startServer } from '../load/reference-server.ts'

export interface LimitedOptions {
  /** default: `refuse` */
  readonly mode?: 'refuse' | 'queue'
  /** what it can do, 1/s */
  readonly rate: number
  readonly delayMs?: number
  /** from a number of requests on, another rate */
  readonly later?: { readonly rate: number; readonly after: number }
  /** it ends when more have come */
  readonly fallsAfter?: number
}

export const LIMITED_SERVER = new URL('./fixtures/limited-server.ts', import.meta.url)

/** A target that can do exactly so much, in a process of its own. */
export async function limitedTarget(options: LimitedOptions): Promise<ReferenceServer> {
  return await startServer(LIMITED_SERVER, limitedArgs(options))
}

export function limitedArgs({ mode = 'refuse', rate, delayMs, later, fallsAfter }: LimitedOptions): string[] {
  return [
    ...['--mode', mode, '--rate', String(rate)],
    ...(delayMs === undefined ? [] : ['--delay', String(delayMs)]),
    ...(later === undefined ? [] : ['--later-rate', String(later.rate), '--after', String(later.after)]),
    ...(fallsAfter === undefined ? [] : ['--falls-after', String(fallsAfter)]),
  ]
}
