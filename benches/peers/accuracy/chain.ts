/** From two multiplications, about 2 ns, to a million, about 1 ms; one to three lengths a decade. */
export const CHAIN_LENGTHS: readonly number[] = [2, 4, 8, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576]

/** Long enough that nothing but multiplications counts, and short enough that V8 has compiled its last word soon. */
export const TRUTH_LENGTH = 65_536

export interface ChainState {
  /** The end of one call's chain is the beginning of the next one's; then the multiplier. */
  readonly numbers: Int32Array
}

export type Chain = (state: ChainState, iteration: number) => number

export function newChainState(): ChainState {
  return { numbers: Int32Array.of(12_345, 1_664_525) }
}

const STRAIGHT = 512

/**
 * A function whose cost is a known multiple of one price: `length` multiplications, each of which needs the one before.
 *
 * - The chain goes on from call to call. Calls that do not need each other overlap in the processor, and short ones would
 *   cost a third of what their multiplications do.
 * - The multiplier comes from an array: V8 folds multiplications by constants into one, and a field that never changes is a
 *   constant to it.
 * - Up to 512 multiplications stand in a row: the end of a short loop is mispredicted at 5 ns a call, and that would be a
 *   true cost that no line fits. Longer chains repeat that row, and a misprediction is below 1 %.
 *
 * @param length - a multiple of 512 when above it
 */
export function makeChain(length: number): Chain {
  const rounds = Math.max(1, length / STRAIGHT)
  const row = 'value = Math.imul(value, multiplier)\n'.repeat(Math.min(length, STRAIGHT))
  const body = rounds === 1 ? row : `for (let round = 0; round < ${rounds}; round++) {\n${row}}\n`
  const make = new Function(`return function chain(state, iteration) {
    const numbers = state.numbers
    const multiplier = numbers[1]
    let value = numbers[0]
    ${body}numbers[0] = value
    return value
  }`)
  return make()
}
