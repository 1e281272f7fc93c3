/**
 * The agent: `node --import @gw/perf-kit/agent server.js`. In a process that perf-kit has started it answers questions about
 * that process on a Unix socket; in any other it does nothing. Loaded before the application, so it loads next to nothing,
 * prints nothing, throws nothing, and keeps nothing alive.
 */
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { converse } from './conversation.ts'
import { readHeapLimits } from './heap-limits.ts'
import { keepFunctionsApart } from './inlining.ts'
import { ListeningPorts } from './listening-ports.ts'
import {
  type AgentIdentity,
  FOLDER_VARIABLE,
  SOCKET_SUFFIX,
  TOKEN_VARIABLE,
  WHOLE_STACKS_VARIABLE,
} from './messages.ts'
import { quietly } from './quietly.ts'
import { StartedWorkers } from './started-workers.ts'

/** One measurement, somebody who looks beside it, and those who come by mistake. */
const MOST_CLIENTS = 8

const folder = process.env[FOLDER_VARIABLE]
const token = process.env[TOKEN_VARIABLE]

// Worker threads inherit the option, and belong to the process whose main thread answers.
if (isMainThread && process.platform !== 'win32' && folder !== undefined && token !== undefined) {
  if (process.env[WHOLE_STACKS_VARIABLE] !== undefined) quietly(keepFunctionsApart)
  quietly(() => listen(folder, token))
}

function listen(folder: string, token: string): void {
  const [ports, workers] = [new ListeningPorts(), new StartedWorkers()]
  const server = createServer((socket) => converse(socket, { token, workers, folder, describe: () => describe(ports) }))
  server.maxConnections = MOST_CLIENTS
  server.on('error', () => undefined)
  // Nobody removes the socket of a process that was killed, and its number comes again.
  const name = `${process.pid}-${process.hrtime.bigint().toString(36)}${SOCKET_SUFFIX}`
  // Without `exclusive`, a worker of a cluster would leave the listening to its primary.
  server.listen({ path: join(folder, name), exclusive: true })
  server.unref()
}

function describe(ports: ListeningPorts): AgentIdentity {
  const { all } = ports
  return {
    pid: process.pid,
    parentPid: process.ppid,
    nodeVersion: process.version,
    script: basename(process.argv[1] ?? ''),
    ports: all,
    listens: all.length > 0 || process.getActiveResourcesInfo().includes('TCPServerWrap'),
    ...readHeapLimits(),
  }
}
