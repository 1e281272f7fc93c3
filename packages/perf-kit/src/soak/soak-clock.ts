import { readFileSync } from 'node:fs'

const NS_PER_MS = 1e6
const NS_PER_SEC = 1e9
/** The system tells its time since it was started to a hundredth of a second, and clocks are put right by some of them now and then. */
const LEAST_JUMP_NS = 2 * NS_PER_SEC

/** How far clocks are ahead of the one that times are taken by, which stands still while the machine is suspended, and is never set. */
export interface ClockLeads {
  /** time since the machine was started, suspensions included; `undefined` where the system does not tell (Linux does) */
  readonly bootNs: number | undefined
  /** the time of day */
  readonly wallNs: number
}

/**
 * - `suspended`: the machine was
 * - `clockSet`: somebody has set its clock, which no time here is taken by
 */
export interface ClockJump {
  readonly kind: 'suspended' | 'clockSet'
  /** of a clock that was set: negative when it was set back */
  readonly byNs: number
}

/** Sees what has happened to the clocks of a machine from one look to the next. */
export class ClockWatch {
  readonly #read: () => ClockLeads
  #last: ClockLeads

  constructor(read: () => ClockLeads = readLeads) {
    this.#read = read
    this.#last = read()
  }

  look(): readonly ClockJump[] {
    const before = this.#last
    const now = this.#read()
    this.#last = now
    const wallNs = now.wallNs - before.wallNs
    const bootNs = now.bootNs === undefined || before.bootNs === undefined ? undefined : now.bootNs - before.bootNs
    // Where nobody knows of suspensions, a clock that has gone far ahead is taken for one.
    const asleepNs = bootNs ?? Math.max(0, wallNs)
    const suspendedNs = asleepNs >= LEAST_JUMP_NS ? asleepNs : 0
    const setNs = wallNs - suspendedNs
    return [
      ...(suspendedNs > 0 ? [{ kind: 'suspended' as const, byNs: suspendedNs }] : []),
      ...(Math.abs(setNs) >= LEAST_JUMP_NS ? [{ kind: 'clockSet' as const, byNs: setNs }] : []),
    ]
  }
}

function readLeads(): ClockLeads {
  const nowNs = Number(process.hrtime.bigint())
  const bootNs = sinceBootNs()
  return { bootNs: bootNs === undefined ? undefined : bootNs - nowNs, wallNs: Date.now() * NS_PER_MS - nowNs }
}

function sinceBootNs(): number | undefined {
  try {
    return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * NS_PER_SEC
  } catch {
    return undefined
  }
}
