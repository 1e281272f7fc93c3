import { readFile } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import { Command, Option } from 'commander'
import { EXIT, type ExitCode, PerfKitError } from '../../errors/index.ts'
import {
  type BenchReport,
  makeReport,
  parseStored,
  renderJson,
  renderMarkdown,
  renderTerminal,
  withDamageTold,
} from '../../report/index.ts'
import type { Run } from '../../run/index.ts'
import { checkReportPath } from '../report-file.ts'
import { type ShowFlags, showLoad } from '../show-load.ts'
import { showSoak } from '../show-soak.ts'
import { displayOf, type Streams } from '../terminal-io.ts'

const STDIN = '-'

export function reportCommand(streams: Streams, settle: (code: ExitCode) => void): Command {
  return new Command('report')
    .description('Show a stored Run again: at the terminal, as Markdown, as JSON, or as a page.')
    .argument('<file>', 'what --json of perf-kit load, latency, capacity, soak or bench has printed; - reads stdin')
    .option('--html <file>', 'write a page as well, which needs nothing but a browser (of a load)')
    .addOption(new Option('--markdown', 'print Markdown').conflicts('json'))
    .option('--json', 'print the Run again, checked')
    .option('-q, --quiet', 'do not say where the page is')
    .action(async (file: string, flags: ShowFlags) => settle(await report(file, flags, streams)))
}

/**
 * What a Run says of its target was the exit code of the command that made it; here it counts whether it could be shown, and
 * shown whole.
 */
async function report(file: string, flags: ShowFlags, streams: Streams): Promise<ExitCode> {
  if (flags.html !== undefined) await checkReportPath(flags.html)
  const where = file === STDIN ? 'stdin' : file
  const stored = parseStored(await readStored(file), where)
  if (stored.kind === 'bench-report') return showBench(stored.report, where, flags, streams)
  if (stored.kind === 'load-report') {
    await showLoad(stored.report.run, flags, streams, stored.report.comparison)
    return withDamageTold(stored.report.run).isDamaged ? EXIT.measurement : EXIT.ok
  }
  const { run } = stored
  if (run.kind === 'bench') return showBench(makeReport({ runs: [run] }), where, flags, streams, run)
  if (run.kind === 'soak') {
    await showSoak(run, flags, streams)
    return withDamageTold(run).isDamaged ? EXIT.measurement : EXIT.ok
  }
  if (run.kind !== 'load' && run.kind !== 'latency' && run.kind !== 'throughput') {
    throw new PerfKitError('REPORT_UNSUPPORTED', `${where} is a Run of kind ${run.kind}, which has no report yet`, {
      where,
      remedy: 'Give a Run of perf-kit load, latency, capacity, soak or bench.',
    })
  }
  await showLoad(run, flags, streams)
  return withDamageTold(run).isDamaged ? EXIT.measurement : EXIT.ok
}

/** @throws {PerfKitError} `RUN_NOT_FOUND` */
async function readStored(file: string): Promise<string> {
  if (file === STDIN) return await textOf(process.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new PerfKitError('RUN_NOT_FOUND', `${file} cannot be read: ${detail}`, {
      where: file,
      cause,
      remedy: 'Name a file that perf-kit load --json has printed, or - for stdin.',
    })
  }
}

function showBench(report: BenchReport, where: string, flags: ShowFlags, { stdout }: Streams, run?: Run): ExitCode {
  if (flags.html !== undefined) {
    throw new PerfKitError('REPORT_UNSUPPORTED', `${where} holds benchmarks, of which there is no page yet`, {
      where,
      remedy: 'Leave --html out, or give --markdown.',
    })
  }
  if (flags.json === true)
    stdout.write(run === undefined ? renderJson(report) : `${JSON.stringify(run, undefined, 2)}\n`)
  else if (flags.markdown === true) stdout.write(renderMarkdown(report))
  else stdout.write(renderTerminal(report, displayOf(stdout, process.env)))
  return EXIT.ok
}
