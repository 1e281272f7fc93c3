import { Command } from 'commander'
import { EXIT, type ExitCode } from '../../errors/index.ts'
import { diffHeapSnapshots, type HeapDiff, leakingClasses, summarizeHeapSnapshot } from '../../memory/index.ts'
import { renderHeapDiff, renderHeapSummary } from '../../report/index.ts'
import { countOption } from '../option-values.ts'
import { displayOf, type Streams } from '../terminal-io.ts'

interface ShowFlags {
  readonly top: number
  readonly json?: boolean
  readonly showStrings?: boolean
}

interface DiffFlags extends ShowFlags {
  readonly requests?: number
  readonly paths?: boolean
}

const SCHEMA_VERSION = 1
const MOST_REQUESTS = 1e9
const MOST_ROWS = 10_000
const ROWS = 20

export function heapCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  return new Command('heap')
    .description('What is on a heap, by class of objects, and what of it grows: reads .heapsnapshot files.')
    .addCommand(diffCommand(streams, settle))
    .addCommand(showCommand(streams, settle))
}

function diffCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('diff')
    .description('Which classes have grown between two or three heap snapshots of one process.')
    .argument('<first>', 'a .heapsnapshot file')
    .argument('<second>', 'taken later, in the same process')
    .argument('[third]', 'taken later still: what grew twice is seldom chance')
    .option(
      '--requests <k>',
      'how many requests were made between each snapshot and the next: find classes of which each leaves objects behind',
      countOption(MOST_REQUESTS),
    )
    .option('--paths', 'tell what keeps the new objects of classes that grow')
  return addShowOptions(command).action(
    async (first: string, second: string, third: string | undefined, flags: DiffFlags) => {
      settle(await diff(third === undefined ? [first, second] : [first, second, third], flags, streams))
    },
  )
}

function showCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  const command = new Command('show')
    .description('How many objects of each class a heap snapshot has, and their own memory.')
    .argument('<file>', 'a .heapsnapshot file')
  return addShowOptions(command).action(async (file: string, flags: ShowFlags) => {
    settle(await show(file, flags, streams))
  })
}

function addShowOptions(command: Command): Command {
  return command
    .option('--top <n>', 'how many classes to show', countOption(MOST_ROWS), ROWS)
    .option('--json', 'print all classes as JSON')
    .option('--show-strings', 'show the largest strings of the heap: there may be secrets among them')
}

async function diff(files: readonly string[], flags: DiffFlags, { stdout }: Streams): Promise<ExitCode> {
  const { requests, top } = flags
  const found = await diffHeapSnapshots(files, {
    withPaths: flags.paths === true,
    withStrings: flags.showStrings === true,
    ...(requests === undefined ? {} : { requests }),
  })
  stdout.write(
    flags.json === true
      ? jsonOf('perf-kit/heap-diff', found)
      : renderHeapDiff(found, { ...displayOf(stdout, process.env), top }),
  )
  return exitCodeOfDiff(found)
}

/** What grew with the requests, and twice, is a leak; once, or about, is a suspicion. */
function exitCodeOfDiff(found: HeapDiff): ExitCode {
  const leaking = leakingClasses(found)
  if (leaking.length === 0) return EXIT.ok
  const isCertain = found.snapshots.length > 2 && leaking.some(({ leak }) => leak.fit === 'exact')
  return isCertain ? EXIT.regression : EXIT.inconclusive
}

async function show(file: string, flags: ShowFlags, { stdout }: Streams): Promise<ExitCode> {
  const found = await summarizeHeapSnapshot(file, { withStrings: flags.showStrings === true })
  stdout.write(
    flags.json === true
      ? jsonOf('perf-kit/heap-summary', found)
      : renderHeapSummary(found, { ...displayOf(stdout, process.env), top: flags.top }),
  )
  return EXIT.ok
}

function jsonOf(schema: string, document: object): string {
  return `${JSON.stringify({ schema, schemaVersion: SCHEMA_VERSION, ...document }, undefined, 2)}\n`
}
