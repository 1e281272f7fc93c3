import { fileURLToPath } from 'node:url'
import { median, medianInterval } from '@gw/perf-kit'
import { installPackage } from '../../../tests/house/packed-package.ts'
import type { ExperimentContext, ExperimentResult } from '../experiment.ts'
import { renderTable } from '../table.ts'
import { timeWholeProcess } from './whole-process.ts'

const REPOSITORY = fileURLToPath(new URL('../../../', import.meta.url))
const PAIRS = 31
const LIMIT_NS = 60e6
const NS_PER_MS = 1e6
const IMPORT = "await import('@gw/perf-kit')"

interface ImportCost {
  readonly label: string
  readonly plainNs: readonly number[]
  /** importing process − plain process, pair by pair */
  readonly addedNs: readonly number[]
}

/** What does it cost to import the package? Whole processes with and without, one after the other, in turn. */
export async function overhead(context: ExperimentContext): Promise<ExperimentResult> {
  context.say('overhead: packing and installing the package')
  const consumer = await installPackage()
  await using _folder = consumer.folder
  const published = await timeImport('as published', consumer.folder.path, context)
  const source = await timeImport('from source', REPOSITORY, context)
  const { low, high } = medianInterval(published.addedNs)
  return {
    promises: [
      {
        promise: 'importing the published package adds at most 60 ms to a start of Node',
        figure: milliseconds(median(published.addedNs)),
        spread: `95 % of medians: ${milliseconds(low)} to ${milliseconds(high)}, ${PAIRS} pairs`,
        kept: median(published.addedNs) <= LIMIT_NS,
      },
    ],
    text: renderTable(['import', 'plain node', 'added', 'from', 'to'], [published, source].map(row)),
    data: { pairs: PAIRS, published, source },
  }
}

async function timeImport(label: string, cwd: string, { say, signal }: ExperimentContext): Promise<ImportCost> {
  const plainNs: number[] = []
  const addedNs: number[] = []
  // The first pair fills the system's caches of files, and does not count.
  for (let pair = 0; pair <= PAIRS; pair++) {
    say(`overhead: ${label}, pair ${pair} of ${PAIRS}`)
    const importsFirst = pair % 2 === 1
    const first = await timeWholeProcess(importsFirst ? IMPORT : '', cwd, signal)
    const second = await timeWholeProcess(importsFirst ? '' : IMPORT, cwd, signal)
    if (pair === 0) continue
    const [importing, plain] = importsFirst ? [first, second] : [second, first]
    plainNs.push(plain)
    addedNs.push(importing - plain)
  }
  return { label, plainNs, addedNs }
}

function row({ label, plainNs, addedNs }: ImportCost): string[] {
  const { low, high } = medianInterval(addedNs)
  return [label, milliseconds(median(plainNs)), milliseconds(median(addedNs)), milliseconds(low), milliseconds(high)]
}

function milliseconds(ns: number): string {
  return `${(ns / NS_PER_MS).toFixed(1)} ms`
}
