import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const EVERY_MS = 1_000

/**
 * Ask an agent for a sample now and each second, as `perf-kit load` does, until the returned value is disposed of; after that
 * the agent watches nothing. It speaks the protocol itself, as docs/agent.md has it.
 */
export async function askEachSecond(
  folder: string,
  { pid, token }: { readonly pid: number; readonly token: string },
): Promise<{ readonly answers: () => number } & Disposable> {
  const name = (await readdir(folder)).find((each) => each.startsWith(`${pid}-`))
  if (name === undefined) throw new Error(`the gateway ${pid} has no agent`)
  const socket = connect(join(folder, name))
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const ask = (id: number, question: object): boolean => socket.write(`${JSON.stringify({ v: 1, id, ...question })}\n`)
  let answers = 0
  createInterface(socket)
    .on('error', () => undefined)
    .on('line', (line) => {
      if ('ok' in JSON.parse(line)) answers++
    })
  ask(1, { ask: 'hello', token })
  ask(2, { ask: 'sample', restart: true })
  let nextId = 3
  const timer = setInterval(() => ask(nextId++, { ask: 'sample' }), EVERY_MS)
  const stop = (): void => {
    clearInterval(timer)
    socket.destroy()
  }
  return { answers: () => answers, [Symbol.dispose]: stop }
}
