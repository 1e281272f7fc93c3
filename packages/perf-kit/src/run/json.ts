import { PerfKitError } from '../errors/index.ts'

/**
 * `JSON.parse` for files that people and merges edit: refuses keys that could reach an object's prototype
 * (`__proto__`, or `constructor` holding `prototype`), because parsed documents are spread and merged later.
 *
 * @throws {SyntaxError} when the text is no JSON
 * @throws {PerfKitError} `RUN_INVALID` when it holds a prototype key
 */
export function parseJsonSafely(text: string, where: string): unknown {
  // Looking at every key costs five times the parsing; an escape could spell any of them.
  if (!/__proto__|constructor|\\u/.test(text)) return JSON.parse(text)
  return JSON.parse(text, (key, value: unknown) => {
    if (key === '__proto__' || (key === 'constructor' && isObjectWith(value, 'prototype'))) {
      throw new PerfKitError('RUN_INVALID', `${where} holds the key "${key}", which no document of ours has`, {
        where,
        remedy: 'Restore the file from version control; somebody or something has tampered with it.',
      })
    }
    return value
  })
}

function isObjectWith(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
}
