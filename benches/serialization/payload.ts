/** Sizes of a whole JSON-RPC message; what tools really send lies between a flag and a file. */
export const MESSAGE_SIZES = ['100B', '1kB', '10kB', '100kB', '1MB'] as const
export type MessageSize = (typeof MESSAGE_SIZES)[number]

const BYTES: Readonly<Record<MessageSize, number>> = {
  '100B': 100,
  '1kB': 1_000,
  '10kB': 10_000,
  '100kB': 100_000,
  '1MB': 1_000_000,
}

/** Rows as a tool would return them: short strings, numbers and flags, some text that needs escaping. */
function row(index: number): Record<string, unknown> {
  return { id: index, name: `item-${index}`, price: index * 1.25, active: index % 3 === 0, note: 'says "ok"\n' }
}

/** As many rows as fit, then text up to the size. */
function rowsOfSize(bytes: number): { readonly rows: Record<string, unknown>[]; readonly padding: string } {
  const rows: Record<string, unknown>[] = []
  let length = 0
  for (let index = 0; ; index++) {
    const next = row(index)
    length += JSON.stringify(next).length + 1
    if (length > bytes) return { rows, padding: 'x'.repeat(Math.max(0, bytes - length + JSON.stringify(next).length)) }
    rows.push(next)
  }
}

const REQUEST_FRAME_BYTES = 88
const RESULT_FRAME_BYTES = 78

/** A tools/call whose text is about `size` long. */
export function requestOfSize(size: MessageSize) {
  const content = rowsOfSize(BYTES[size] - REQUEST_FRAME_BYTES)
  return { jsonrpc: '2.0' as const, id: 7, method: 'tools/call', params: { name: 'shop__find', arguments: content } }
}

/** A result whose text is about `size` long. */
export function resultOfSize(size: MessageSize) {
  const { rows, padding } = rowsOfSize(BYTES[size] - RESULT_FRAME_BYTES)
  return {
    jsonrpc: '2.0' as const,
    id: 7,
    result: { content: [{ type: 'text', text: padding }], structuredContent: { rows } },
  }
}
