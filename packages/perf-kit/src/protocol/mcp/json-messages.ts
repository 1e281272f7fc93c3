export type JsonObject = Record<string, unknown>

/** @returns one message, those of a batch, or none when it is not JSON */
export function parseMessages(text: string): JsonObject[] {
  if (text === '') return []
  try {
    const value: unknown = JSON.parse(text)
    return (Array.isArray(value) ? value : [value]).filter(isObject)
  } catch {
    return []
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null
}
