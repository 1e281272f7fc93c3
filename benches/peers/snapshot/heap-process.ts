/**
 * Fills its heap as a gateway does that keeps sessions, and writes a snapshot of it: `node heap-process.ts <bytes> <file>`. Prints how
 * many sessions it keeps, and how large its heap is.
 */
import { writeHeapSnapshot } from 'node:v8'

const AT_ONCE = 1000

class Session {
  readonly id: string
  readonly headers: Record<string, string>
  readonly calls: number[]
  readonly seen = new Map<string, { readonly at: number; readonly ok: boolean }>()
  readonly onClose: () => string

  constructor(number: number) {
    this.id = `session-${number}-${(number * 7919).toString(36)}`
    this.headers = { accept: 'application/json', authorization: `Bearer ${number * 104_729}`, 'x-request': `${number}` }
    this.calls = [number, number + 1, number + 0.5]
    this.seen.set(`call-${number}`, { at: number * 1e6, ok: true })
    this.onClose = () => this.id
  }
}

const [bytes = '0', file = ''] = process.argv.slice(2)
const sessions: Session[] = []
while (process.memoryUsage().heapUsed < Number(bytes)) {
  for (let added = 0; added < AT_ONCE; added++) sessions.push(new Session(sessions.length))
  // What is only waiting to be collected is no part of a snapshot.
  globalThis.gc?.()
}
const { heapUsed } = process.memoryUsage()
writeHeapSnapshot(file)
process.stdout.write(JSON.stringify({ sessions: sessions.length, heapBytes: heapUsed }))
