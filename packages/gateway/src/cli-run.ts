import { type Flags, readCommandLine, renderHelp } from './cli-flags.ts'
import { GatewayError } from './gateway-error.ts'

const EXIT_USAGE = 2
const EXIT_FAILED = 3
/** Of a process ended by a signal: 128 + its number. */
const EXIT_BY_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const

type StopSignal = keyof typeof EXIT_BY_SIGNAL

export interface RunningService {
  close(): Promise<void>
  /** Why it cannot go on, should it come to that: it is closed then, and the process fails. */
  readonly failed?: Promise<GatewayError> | undefined
}

export interface Service {
  readonly usage: string
  readonly flags: Flags
  /** Called with the flags read; prints its address itself when it is ready. */
  readonly start: () => Promise<RunningService>
  /** Signals that are somebody else's to handle. */
  readonly ignoredSignals?: () => readonly StopSignal[]
  /** Called before the start, with what stops the service as a signal does. */
  readonly stopWhen?: (stop: () => void) => void
}

/** The life of a command line service: flags, start, signals, end. The only place that ends the process. */
export async function runService(service: Service): Promise<void> {
  const commandLine = readCommandLine(process.argv.slice(2), service.flags)
  if (commandLine.kind === 'help') {
    process.stdout.write(renderHelp(service.usage, service.flags))
    return
  }
  if (commandLine.kind === 'wrong') {
    fail(EXIT_USAGE, `${commandLine.problems.join('\n')}\nsee ${service.usage} --help`)
  }
  try {
    await serve(service)
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error
    fail(error.code === 'BAD_OPTION' ? EXIT_USAGE : EXIT_FAILED, error.message)
  }
}

async function serve({ start, ignoredSignals, stopWhen }: Service): Promise<void> {
  let running: RunningService | undefined
  let stopping = false
  const stop = (exitCode: number) => {
    // Nothing to finish before the start is over, and no patience for a second signal.
    if (stopping || running === undefined) process.exit(exitCode)
    stopping = true
    // With 0, unless something has failed before.
    void running.close().then(
      () => process.exit(),
      (error: unknown) => fail(EXIT_FAILED, error instanceof GatewayError ? error.message : String(error)),
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    const ignored = ignoredSignals?.().includes(signal)
    process.on(signal, () => {
      if (!ignored) stop(EXIT_BY_SIGNAL[signal])
    })
  }
  stopWhen?.(() => stop(0))
  running = await start()
  void running.failed?.then(({ message }) => {
    process.stderr.write(`${message}\n`)
    process.exitCode = EXIT_FAILED
    if (!stopping) stop(EXIT_FAILED)
  })
}

function fail(exitCode: number, message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(exitCode)
}
