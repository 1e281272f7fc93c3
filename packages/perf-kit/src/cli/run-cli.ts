import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { EXIT, type ExitCode, exitCodeOf, PerfKitError } from '../errors/index.ts'
import { benchCommand } from './commands/bench.ts'
import { capacityCommand } from './commands/capacity.ts'
import { checkCommand } from './commands/check.ts'
import { doctorCommand } from './commands/doctor.ts'
import { heapCommand } from './commands/heap.ts'
import { latencyCommand } from './commands/latency.ts'
import { leaksCommand } from './commands/leaks.ts'
import { loadCommand } from './commands/load.ts'
import { reportCommand } from './commands/report.ts'
import { soakCommand } from './commands/soak.ts'
import { type Streams, watchOutput } from './terminal-io.ts'

const { version } = createRequire(import.meta.url)('@gw/perf-kit/package.json') as { readonly version: string }

/**
 * The whole command line: parse, run one command, answer with its exit code.
 *
 * @param args - without the program's own name
 * @returns 0 ok · 1 regression · 2 usage or configuration · 3 measurement failed · 4 inconclusive · 130 interrupted
 */
export async function runCli(args: readonly string[], streams: Streams = process): Promise<ExitCode> {
  const outputFailure = watchOutput(streams)
  let exitCode: ExitCode = EXIT.ok
  const settle = (code: ExitCode): void => {
    exitCode = code
  }
  const program = new Command('perf-kit')
    .description('Measure a Node gateway from nanoseconds to hours, and get a verdict you can trust.')
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help shows what there is)')
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: (text, write) => write(withoutValues(text)),
    })
  const commands = [
    benchCommand,
    loadCommand,
    latencyCommand,
    capacityCommand,
    soakCommand,
    doctorCommand,
    leaksCommand,
    heapCommand,
    reportCommand,
    checkCommand,
  ]
  for (const make of commands) {
    const command = make(streams, settle, behindDashes(args))
    // Only commands made by the program itself would take its streams and its way of ending over.
    program.addCommand(command.copyInheritedSettings(program))
    for (const part of command.commands) part.copyInheritedSettings(command)
  }
  try {
    await program.parseAsync([...args], { from: 'user' })
    const failure = await outputFailure()
    return failure === undefined ? exitCode : explain(failure, streams)
  } catch (error) {
    return explain(error, streams)
  }
}

/** Commander does not tell which words stood there; elsewhere they may be a header without its quotes, and no command to be run. */
function behindDashes(args: readonly string[]): readonly string[] {
  const at = args.indexOf('--')
  return at === -1 ? [] : args.slice(at + 1)
}

/** Commander repeats what it cannot place; it may be a token that was meant for a header. */
function withoutValues(text: string): string {
  return text.replace(/(--?[\w-]+)=[^']*'/g, "$1=…'").replace(/(but got \d+): .*?(\n|$)/s, '$1.$2')
}

function explain(error: unknown, { stderr }: Streams): ExitCode {
  // Commander has written its own message: help and --version end with 0, everything else is usage.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof PerfKitError) {
    stderr.write(`perf-kit: ${error.message}\n  → ${error.remedy}\n`)
    return exitCodeOf(error.code)
  }
  // Ours is a DOMException, that of Node's timers is not.
  if (error instanceof Error && error.name === 'AbortError') {
    stderr.write('perf-kit: interrupted before anything was measured\n')
    return EXIT.interrupted
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
  stderr.write(`perf-kit: this is a bug in perf-kit, please report it:\n${detail}\n`)
  return EXIT.measurement
}
