import type { IncomingMessage } from 'node:http'

/**
 * Reads a request's body.
 *
 * @returns undefined when it is larger than `maxBytes`. The rest is then discarded as it comes: ending the connection
 *   at once would often lose the refusal on its way to the client. Node's `requestTimeout` bounds how long it can come
 * @throws when the client went away before the end
 */
export function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  if (Number(req.headers['content-length']) > maxBytes) {
    req.resume()
    return Promise.resolve(undefined)
  }
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let sizeBytes = 0
    req.on('data', (chunk: Buffer) => {
      sizeBytes += chunk.byteLength
      if (sizeBytes <= maxBytes) {
        chunks.push(chunk)
      } else {
        chunks.length = 0
        resolve(undefined)
      }
    })
    req.once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)))
    req.once('error', reject)
    req.once('close', () => reject(new Error('the client went away before the end of its request')))
  })
}
