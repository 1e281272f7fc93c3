import type { Socket } from 'node:net'
import { HeapProfiling } from './heap-profiling.ts'
import { countByName, HeapWatch } from './heap-watch.ts'
import { LineReader } from './line-reader.ts'
import { AGENT_VERSION, type Answer, LONGEST_ANSWER_BYTES, LONGEST_QUESTION_BYTES, type Refusal } from './messages.ts'
import { Observation, readMemory } from './observation.ts'
import { quietly } from './quietly.ts'
import type { StartedWorkers } from './started-workers.ts'

/** Whoever has connected and says nothing has come by mistake. */
const GREETING_MS = 5_000

export interface Host {
  readonly token: string
  readonly workers: StartedWorkers
  /** the answer to `hello` */
  readonly describe: () => unknown
  /** where files may be written */
  readonly folder: string
}

/**
 * Talk with one client until it leaves. Whatever it sends, nothing is thrown: what fails here must not fail in the
 * application. What could keep memory is bounded, and nothing keeps the process alive.
 */
export function converse(socket: Socket, { token, workers, folder, describe }: Host): void {
  let isKnown = false
  let observation: Observation | undefined
  let heap: HeapWatch | undefined
  let profiling: HeapProfiling | undefined

  const say = (answer: Answer): void => {
    // Who asks and does not listen would fill our memory.
    if (socket.writableLength > LONGEST_ANSWER_BYTES) socket.destroy()
    else if (socket.writable) socket.write(`${JSON.stringify(answer)}\n`)
  }
  const tell = (id: number, ok: unknown): void => say({ v: AGENT_VERSION, id, ok })
  const refuse = (id: number | null, code: Refusal['code'], message: string): void => {
    say({ v: AGENT_VERSION, id, error: { code, message } })
  }
  const dismiss = (id: number | null, code: Refusal['code'], message: string): void => {
    refuse(id, code, message)
    socket.end()
    // It may not leave by itself.
    socket.setTimeout(GREETING_MS)
  }

  const hear = (line: string): void => {
    const question = readQuestion(line)
    if (question === undefined) dismiss(null, 'QUESTION', 'this is no question')
    else if (question.v !== AGENT_VERSION) dismiss(question.id, 'VERSION', `this agent speaks version ${AGENT_VERSION}`)
    else if (!isKnown && !(question.ask === 'hello' && isSame(question.token, token))) {
      dismiss(question.id, 'TOKEN', 'say hello with the token first')
    } else {
      isKnown = true
      socket.setTimeout(0)
      answer(question)
    }
  }

  const answer = (question: ReadQuestion): void => {
    try {
      reply(question)
    } catch (error) {
      refuse(question.id, 'FAILED', String(error))
    }
  }

  const reply = (question: ReadQuestion): void => {
    const { id, ask, restart } = question
    if (ask === 'hello') tell(id, describe())
    else if (ask === 'sample') sample(id, restart === true)
    else if (ask === 'heap') {
      heap ??= new HeapWatch(workers)
      tell(id, heap.sample(restart === true))
    } else if (ask === 'heapEnd') {
      heap?.stop()
      heap = undefined
      tell(id, null)
    } else if (ask === 'handles') tell(id, countByName(process.getActiveResourcesInfo()))
    else if (ask === 'collect') collect(id)
    else if (ask === 'allocations' || ask === 'snapshot') void profile(question)
    else refuse(id, 'QUESTION', 'this agent does not know what is asked')
  }

  const sample = (id: number, restart: boolean): void => {
    observation ??= new Observation()
    const current = observation
    // A question that comes during a stall is read before the timers that the stall has kept waiting, which tell of it: the
    // second turn comes after them.
    afterThisTurn(() => afterThisTurn(() => tell(id, current.sample(restart))))
  }

  const profile = async (question: ReadQuestion): Promise<void> => {
    const { id, ask, file } = question
    profiling ??= new HeapProfiling()
    try {
      tell(id, ask === 'snapshot' ? await profiling.snapshot(folder, file) : await profiling.allocations(question))
    } catch (error) {
      refuse(id, 'FAILED', String(error))
    }
    // Who has left meanwhile has not stopped it.
    if (socket.destroyed) await profiling.end().catch(() => undefined)
  }

  const collect = (id: number): void => {
    const { gc } = globalThis
    if (typeof gc !== 'function') {
      refuse(id, 'NO_GC', 'the target runs without --expose-gc')
      return
    }
    // What has just ended is still held by the turn it ended in, and finalizers need a turn to run.
    afterThisTurn(() => {
      gc()
      afterThisTurn(() => {
        gc()
        tell(id, readMemory())
      })
    })
  }

  const reader = new LineReader(
    LONGEST_QUESTION_BYTES,
    (line) => quietly(() => hear(line)),
    () => dismiss(null, 'TOO_LONG', `a question has at most ${LONGEST_QUESTION_BYTES} bytes`),
  )
  socket.unref()
  socket.setTimeout(GREETING_MS, () => socket.destroy())
  socket.on('error', () => undefined)
  socket.on('data', reader.add)
  socket.on('close', () => {
    quietly(() => observation?.stop())
    quietly(() => heap?.stop())
    void profiling?.end().catch(() => undefined)
  })
}

interface ReadQuestion {
  readonly v: unknown
  readonly id: number
  readonly ask: unknown
  readonly token: unknown
  readonly restart: unknown
  readonly step: unknown
  readonly intervalBytes: unknown
  readonly withGarbage: unknown
  readonly file: unknown
}

const NOTHING_ASKED = {
  v: undefined,
  ask: undefined,
  token: undefined,
  restart: undefined,
  step: undefined,
  intervalBytes: undefined,
  withGarbage: undefined,
  file: undefined,
}

function readQuestion(line: string): ReadQuestion | undefined {
  try {
    const question: unknown = JSON.parse(line)
    if (typeof question !== 'object' || question === null || !('id' in question)) return undefined
    const { id } = question
    return typeof id === 'number' ? { ...NOTHING_ASKED, ...question, id } : undefined
  } catch {
    return undefined
  }
}

/** Looks at every character, so that the time it takes tells nothing. */
function isSame(given: unknown, token: string): boolean {
  if (typeof given !== 'string' || given.length !== token.length) return false
  let difference = 0
  for (let index = 0; index < token.length; index++) difference |= given.charCodeAt(index) ^ token.charCodeAt(index)
  return difference === 0
}

/** For one turn more the loop does not wait, and the process lives: that is all that a question costs it. */
function afterThisTurn(act: () => void): void {
  setImmediate(() => quietly(act))
}
