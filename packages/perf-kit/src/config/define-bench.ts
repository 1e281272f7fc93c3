/** What an argument range may hold: values that survive JSON and read well in a name. */
export type BenchArg = string | number | boolean

export type BenchRanges = Readonly<Record<string, readonly BenchArg[]>>

/** One value from each range. */
export type BenchArgs<Ranges extends BenchRanges> = { readonly [Name in keyof Ranges]: Ranges[Name][number] }

/**
 * A benchmark, as a bench file exports it by default (alone, or several in an array).
 *
 * ```ts
 * export default defineBench({
 *   name: 'lookup',
 *   args: { tools: [10, 1000] },
 *   setup: ({ tools }) => buildTable(tools),
 *   fn: (table) => table.lookup('calendar__create'),
 * })
 * ```
 */
export interface BenchDefinition<Ranges extends BenchRanges = BenchRanges, State = unknown> {
  /** Unique within its suite, which is the folder that the file lies in. */
  readonly name: string
  /** Each combination of one value a range is a case of its own. */
  readonly args?: Ranges
  /** Runs once a process, untimed; may be async. */
  readonly setup?: (args: BenchArgs<Ranges>) => State | Promise<State>
  /**
   * What is timed; awaited when it returns a promise.
   *
   * @param state - what `setup` returned; without a `setup`, the args
   * @param iteration - counts up from 0. Derive the input from it when the work would otherwise be the same in
   * every call: V8 moves such work out of the loop and you measure nothing.
   * @returns anything that depends on the work, so that V8 cannot drop it
   */
  readonly fn: (state: State, iteration: number) => unknown
  /** Runs once after the last call, untimed; may be async. */
  readonly teardown?: (state: State) => unknown
}

/** Types and completion for a bench file; returns its argument unchanged. */
export function defineBench<
  const Ranges extends BenchRanges = Readonly<Record<never, never>>,
  State = BenchArgs<Ranges>,
>(definition: BenchDefinition<Ranges, State>): BenchDefinition<Ranges, State> {
  return definition
}
