import { behaviourArgs, behaviourFlags, defined } from './backend-flags.ts'
import { type BackendProcess, spawnBackend } from './backend-process.ts'
import { count, durationMs, Flag, port } from './cli-flags.ts'
import { type RunningService, runService } from './cli-run.ts'
import { type BackendAddress, type GatewayOptions, startGateway } from './gateway.ts'
import { startGatewayProcesses } from './gateway-processes.ts'
import { isBackendName } from './route-table.ts'

const DEFAULT_PORT = 8080
const DEFAULT_BACKENDS = 2

const behaviour = behaviourFlags()
const flags = {
  port: port(`Where to listen on 127.0.0.1, default ${DEFAULT_PORT}.`),
  backend: new Flag<BackendAddress>('An MCP server to route to; may be repeated.', 'name=url', readBackend),
  backends: count(`Own backends to start beside, default ${DEFAULT_BACKENDS}, or 0 when --backend is given.`),
  processes: count('Gateway processes that share the port, default 1; each has pools and sessions of its own.'),
  'pool-size': count('Connections to each backend, default 8.'),
  'acquire-timeout': durationMs('Longest wait for a free connection, default 1s.'),
  'request-timeout': durationMs('Longest wait for a backend, default 1m.'),
  'session-idle': durationMs('When an unused session is closed, default 5m.'),
  'max-sessions': count('Most sessions at a time, default 10000.'),
  'drain-timeout': durationMs('Longest wait for open requests at the end, default 5s.'),
  ...Object.fromEntries(
    Object.entries(behaviour).map(([name, flag]) => [`backend-${name.replace(/^tool-/, '')}`, flag]),
  ),
}

await runService({
  usage: 'node packages/gateway/src/main.ts',
  flags,
  start: async () => {
    const given = flags.backend.values
    const own = await startBackends(flags.backends.last ?? (given.length > 0 ? 0 : DEFAULT_BACKENDS))
    const gateway = await startOrStop([...given, ...own], own)
    process.stdout.write(`gateway listening on ${gateway.url}\n`)
    return {
      failed: gateway.failed,
      close: async () => {
        try {
          await gateway.close()
        } finally {
          await stopAll(own)
        }
      },
    }
  },
})

interface RunningGateway extends RunningService {
  readonly url: string
}

function startBackends(number: number): Promise<BackendProcess[]> {
  const args = behaviourArgs(behaviour)
  return Promise.all(Array.from({ length: number }, (_, index) => spawnBackend(`backend-${index + 1}`, args)))
}

async function startOrStop(
  backends: readonly BackendAddress[],
  own: readonly BackendProcess[],
): Promise<RunningGateway> {
  try {
    const options: GatewayOptions = {
      port: flags.port.last ?? DEFAULT_PORT,
      backends,
      ...defined({
        poolSize: flags['pool-size'].last,
        acquireTimeoutMs: flags['acquire-timeout'].last,
        requestTimeoutMs: flags['request-timeout'].last,
        sessionIdleMs: flags['session-idle'].last,
        maxSessions: flags['max-sessions'].last,
        drainTimeoutMs: flags['drain-timeout'].last,
      }),
    }
    const processes = flags.processes.last ?? 1
    return processes > 1 ? await startGatewayProcesses(processes, options) : await startGateway(options)
  } catch (error) {
    await stopAll(own)
    throw error
  }
}

async function stopAll(own: readonly BackendProcess[]): Promise<void> {
  await Promise.all(own.map((backend) => backend.stop()))
}

function readBackend(text: string): BackendAddress | undefined {
  const [name = '', ...rest] = text.split('=')
  const url = rest.join('=')
  return isBackendName(name) && URL.canParse(url) ? { name, url } : undefined
}
