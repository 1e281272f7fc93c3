import { isUtf8 } from 'node:buffer'
import { createHash } from 'node:crypto'
import { PerfKitError } from '../../errors/index.ts'
import { parseSizeBytes } from '../../units/index.ts'

const PAYLOAD = /\{\{\s*payload\s([^{}]*)\}\}/g
const MOST_BYTES = 2 ** 26

/**
 * Puts a text of a certain size where `{{payload 10kB}}` stands. Its letters need no escaping in a URL, a header or JSON, so that the
 * size is the same everywhere; it is the same on every run, and hardly to be compressed.
 *
 * @throws {PerfKitError} `LOAD_INVALID` for what is no size, or more than 64 MiB
 */
export function withPayloads(text: string): string {
  if (!text.includes('{{')) return text
  return text.replace(PAYLOAD, (gap, sizeText: string) => {
    const bytes = parseSizeBytes(sizeText)
    if (bytes !== undefined && bytes <= MOST_BYTES) return payloadOf(bytes)
    throw new PerfKitError('LOAD_INVALID', `${gap} has no size, or one of more than 64 MiB`, {
      remedy: 'Write a size with its unit: {{payload 10kB}}',
    })
  })
}

/** The same in bytes that are text. */
export function withPayloadsInBytes(bytes: Uint8Array): Uint8Array {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (!content.includes('{{') || !isUtf8(content)) return bytes
  const text = content.toString()
  const filled = withPayloads(text)
  return filled === text ? bytes : Buffer.from(filled)
}

/** The same in all strings of an object that is JSON. */
export function withPayloadsInJson(object: object): object {
  const text = JSON.stringify(object)
  const filled = withPayloads(text)
  // Not made anew where nothing was filled: it may be large.
  const parsed: object = filled === text ? object : JSON.parse(filled)
  return parsed
}

const DIGEST = 'sha512'

/** Digests of numbers, one after the other, in letters. */
function payloadOf(bytes: number): string {
  let text = ''
  for (let number = 0; text.length < bytes; number++) {
    text += createHash(DIGEST).update(`payload ${number}`).digest('base64url')
  }
  return text.slice(0, bytes)
}
