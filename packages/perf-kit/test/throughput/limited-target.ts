import { type ReferenceServer, startServer } from '../load/reference-server.ts'

export interface LimitedOptions {
  /** default: `refuse` */
  readonly mode?: 'refuse' | 'queue'
  /** what it can do, 1/s */
  readonly rate: number
  readonly delayMs?: number
  /** from a number of requests on, another rate */
  readonly then?: { readonly rate: number; readonly after: number }
  /** it ends when more come within a second */
  readonly fallsAt?: number
}

export const LIMITED_SERVER = new URL('./fixtures/limited-server.ts', import.meta.url)

/** A target that can do exactly so much, in a process of its own. */
export async function limitedTarget(options: LimitedOptions): Promise<ReferenceServer> {
  return await startServer(LIMITED_SERVER, limitedArgs(options))
}

export function limitedArgs({ mode = 'refuse', rate, delayMs, then, fallsAt }: LimitedOptions): string[] {
  return [
    ...['--mode', mode, '--rate', String(rate)],
    ...(delayMs === undefined ? [] : ['--delay', String(delayMs)]),
    ...(then === undefined ? [] : ['--then', String(then.rate), '--after', String(then.after)]),
    ...(fallsAt === undefined ? [] : ['--falls-at', String(fallsAt)]),
  ]
}
