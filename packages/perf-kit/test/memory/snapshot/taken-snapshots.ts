import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { TemporaryFolder } from './temporary-folder.ts'

/** Keeps a session for each request, among other things that come and stay, and takes snapshots in between. */
const PROGRAM = `
const { openSync, writeSync, closeSync } = require('node:fs')
const inspector = require('node:inspector')
const v8 = require('node:v8')
class Session {
  constructor(number) {
    this.number = number
    this.token = 'secret-' + number + '-' + number * 7919
    this.onClose = () => this.number
  }
}
class Registry { sessions = new Map() }
class Bounded { kept = [] }
globalThis.registry = new Registry()
globalThis.bounded = new Bounded()
/** By an inspector that leaves afterwards, as a client does that connects for each snapshot. */
const inspect = async (file) => {
  const session = new inspector.Session()
  const out = openSync(file, 'w')
  session.connect()
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => writeSync(out, params.chunk))
  session.post('HeapProfiler.enable')
  await new Promise((resolve) => session.post('HeapProfiler.takeHeapSnapshot', resolve))
  session.disconnect()
  closeSync(out)
}
const [how, requests, ...files] = process.argv.slice(2)
let number = 0
const serve = () => {
  globalThis.registry.sessions.set(number, new Session(number))
  globalThis.bounded.kept[number % 50] = { scratch: [number] }
  number++
}
const main = async () => {
  for (const file of files) {
    for (let request = 0; request < Number(requests); request++) serve()
    if (how === 'v8') v8.writeHeapSnapshot(file)
    else await inspect(file)
  }
}
void main()
`

/** What the process keeps a session in, and what is in no class name. */
export const TOKEN = /secret-\d/

/**
 * Snapshots that a process of its own has taken, one after the other.
 *
 * @param requests - sessions that are kept before each of them
 * @param how - by the process itself, or by an inspector that connects for each
 * @returns their paths
 */
export async function takeSnapshots(
  folder: TemporaryFolder,
  names: readonly string[],
  requests: number,
  how: 'v8' | 'inspector' = 'v8',
): Promise<readonly string[]> {
  const program = await folder.write('program.cjs', PROGRAM)
  const files = names.map((name) => folder.file(name))
  await promisify(execFile)(process.execPath, [program, how, String(requests), ...files])
  return files
}
