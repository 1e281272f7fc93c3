/** A level for a while. */
export interface SoakStage {
  readonly clients?: number
  /** requests a second */
  readonly rate?: number
  /** `30s` */
  readonly for: string
}

/**
 * A load that lasts for hours, as a `<name>.soak.ts` exports it by default. How much is one of `clients`, `rate` and `cycle`; what is asked is what
 * `load.target` of the configuration says, unless `mcp` does.
 *
 * ```ts
 * export default defineSoak({
 *   about: 'clients that come and go',
 *   cycle: [{ clients: 50, for: '5s' }, { clients: 0, for: '1s' }],
 * })
 * ```
 */
export interface SoakScenario {
  /** What it is, in a few words. */
  readonly about: string
  /** Where there is no time for all, those with the lowest come first; default 100. */
  readonly order?: number
  /** Clients that wait for their answers. */
  readonly clients?: number
  /** Requests a second, whatever comes back. */
  readonly rate?: number
  /** Stages again and again: all of clients, or all of rates. */
  readonly cycle?: readonly SoakStage[]
  /** `5x/30s/2s`: so many times as much, how often, for how long. */
  readonly spike?: string
  /** A client's pause between an answer and its next request: `100ms`. */
  readonly think?: string
  /** Of a request: `30s`. */
  readonly timeout?: string
  /** As `load.target.mcp` of the configuration has it. */
  readonly mcp?: {
    readonly call?: string
    readonly arguments?: Readonly<Record<string, unknown>>
    readonly mix?: string
    readonly sessionRequests?: number
    readonly progress?: boolean
    readonly subscribe?: readonly string[]
  }
  /** Words that are added to the command of the target. */
  readonly targetArguments?: readonly string[]
}

/** Types and completion for a soak file; returns its argument unchanged. */
export function defineSoak(scenario: SoakScenario): SoakScenario {
  return scenario
}
