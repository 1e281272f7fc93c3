import { type TargetOptions, TargetProcess } from '../../src/target/index.ts'
import { script } from './agent/agent-target.ts'

/** Fills the heap until V8 gives up: some hundred kB at a time, so that collections come in between. */
const FILL = `globalThis.kept = []; const fill = () => { for (let turn = 0; turn < 20; turn++) {
  kept.push(Array.from({ length: 5000 }, (_, index) => ({ index }))) } setImmediate(fill) }`

/** Does what each is named for when it is asked to `/end`. */
const DEEDS = {
  'out of heap': `${FILL}; fill()`,
  error: `setImmediate(() => { throw new TypeError('no such thing') })`,
  rejection: `Promise.reject(new RangeError('too far'))`,
  text: `setImmediate(() => { throw 'only a text' })`,
  exit: `console.error('out of luck'); process.exit(3)`,
  'quiet exit': `process.exit(0)`,
  'says so': `console.error('FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory'); process.exit(0)`,
  abort: `process.abort()`,
  worker: `new (require('node:worker_threads').Worker)(${JSON.stringify(`${FILL}; fill()`)}, { eval: true, resourceLimits: { maxOldGenerationSizeMb: 8 } })`,
} as const

export type Deed = keyof typeof DEEDS

/** A server that says nothing of an end until it is asked for one. */
export function crashing(deed: Deed): string {
  return `const server = require('node:http').createServer((request, response) => {
      response.end('hello'); if (request.url === '/end') { ${DEEDS[deed]} } })
    server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/'))`
}

export const SMALL_HEAP_MIB = 32

/** The command of one that may have so much heap, and little of it young: V8 lets a heap grow by that once more while it writes a snapshot of it. */
export function smallHeap(source: string, mib = SMALL_HEAP_MIB): readonly string[] {
  const [node = '', ...rest] = script(source)
  return [node, `--max-old-space-size=${mib}`, '--max-semi-space-size=1', ...rest]
}

export async function startCrashing(deed: Deed, options: Partial<TargetOptions> = {}): Promise<TargetProcess> {
  return await TargetProcess.start({
    command: script(crashing(deed)),
    ready: { log: /listening on (\S+)/ },
    ...options,
  })
}

/** Ask it to end, and wait until it has. */
export async function endOf(target: TargetProcess) {
  await fetch(new URL('/end', target.url)).catch(() => undefined)
  await target.exit
  const end = await target.explainEnd()
  if (end === undefined) throw new Error('it has not ended')
  return end
}
