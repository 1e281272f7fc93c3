import { fileURLToPath } from 'node:url'
import type { ExperimentContext } from '../experiment.ts'
import { numberFromNode } from '../node-process.ts'
import { measureInOwnForks } from '../own-forks.ts'
import { CHAIN_LENGTHS, TRUTH_LENGTH } from './chain.ts'

export const TOOLS = ['perf-kit', 'tinybench', 'mitata'] as const
export type ToolName = (typeof TOOLS)[number]

const CHAIN_PROCESS = fileURLToPath(new URL('chain-process.ts', import.meta.url))
const CHAIN_BENCHES = fileURLToPath(new URL('chain-benches.ts', import.meta.url))

export interface Reading {
  readonly round: number
  readonly tool: ToolName
  readonly length: number
  /** what the tool says that a call costs, ns */
  readonly timeNs: number
  /** what one multiplication cost just before and just after, ns: the mean of both */
  readonly truthNs: number
}

/**
 * Let each tool measure each chain once a round, in a process of its own, between two measurements of the truth: a
 * shared machine changes its speed by half, and a reading says something only beside a truth of its own time.
 */
export async function readChains(rounds: number, { say, signal }: ExperimentContext): Promise<readonly Reading[]> {
  const readings: Reading[] = []
  let beforeNs = await readTruth(signal)
  for (let round = 1; round <= rounds; round++) {
    for (const length of CHAIN_LENGTHS) {
      say(`accuracy: round ${round} of ${rounds}, ${length} multiplications`)
      for (const tool of TOOLS) {
        const timeNs = await readTool(tool, length, signal)
        const afterNs = await readTruth(signal)
        readings.push({ round, tool, length, timeNs, truthNs: (beforeNs + afterNs) / 2 })
        beforeNs = afterNs
      }
    }
  }
  return readings
}

async function readTruth(signal: AbortSignal): Promise<number> {
  return (await numberFromNode(CHAIN_PROCESS, ['truth', String(TRUTH_LENGTH)], signal)) / TRUTH_LENGTH
}

async function readTool(tool: ToolName, length: number, signal: AbortSignal): Promise<number> {
  if (tool !== 'perf-kit') return await numberFromNode(CHAIN_PROCESS, [tool, String(length)], signal)
  const bySubject = await measureInOwnForks({
    benchFile: CHAIN_BENCHES,
    word: `chain-of-${length}-`,
    forks: 1,
    signal,
  })
  const [timeNs] = [...bySubject.values()].flat()
  if (timeNs === undefined) throw new Error(`our forks gave no time for ${length} multiplications`)
  return timeNs
}
