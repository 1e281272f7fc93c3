/**
 * The memory of all typed arrays in a message, to be handed over with it: a copy for the other thread and one left behind would
 * each wait for its collector.
 */
export function buffersIn(value: unknown): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(buffersIn) : []
}
