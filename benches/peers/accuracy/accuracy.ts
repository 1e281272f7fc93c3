import { median } from '@gw/perf-kit'
import type { ExperimentContext, ExperimentResult, PromiseCheck } from '../experiment.ts'
import { holdToOneProcessor } from '../one-processor.ts'
import { renderTable } from '../table.ts'
import { atOneSpeed, type ChainFit, fitChains, type LengthReading, worstErrorByDecade } from './fit.ts'
import { type Reading, readChains, TOOLS, type ToolName } from './readings.ts'

const ROUNDS = 5
const SLOPE_LIMIT_RATIO = 0.05
const OFFSET_LIMIT_NS = 1

interface ToolResult {
  readonly tool: ToolName
  readonly fit: ChainFit
  /** of each round by itself: how far the fit moves */
  readonly fitsByRound: readonly ChainFit[]
  readonly readings: readonly LengthReading[]
}

/** Is a known cost read as it is, from 2 ns to 1 ms? Ours, plain tinybench and mitata on the same chains. */
export async function accuracy(context: ExperimentContext): Promise<ExperimentResult> {
  await using hold = await holdToOneProcessor()
  const readings = await readChains(ROUNDS, context)
  const priceNs = median(readings.map(({ truthNs }) => truthNs))
  const results = TOOLS.map((tool) => judgeTool(tool, readings, priceNs))
  const own = results.find(({ tool }) => tool === 'perf-kit')
  return {
    promises: own === undefined ? [] : promisesOf(own),
    text: `one multiplication: ${priceNs.toFixed(4)} ns\n${fitTable(results)}\nworst error by decade\n${errorTable(results)}`,
    data: { rounds: ROUNDS, processor: hold.processor ?? null, priceNs, results, readings },
  }
}

function judgeTool(tool: ToolName, all: readonly Reading[], priceNs: number): ToolResult {
  const own = all.filter((reading) => reading.tool === tool)
  const readings = atOneSpeed(own, priceNs)
  const rounds = Array.from({ length: ROUNDS }, (_, index) => own.filter(({ round }) => round === index + 1))
  const fitsByRound = rounds.map((round) => fitChains(atOneSpeed(round, priceNs), priceNs))
  return { tool, fit: fitChains(readings, priceNs), fitsByRound, readings }
}

function promisesOf({ fit, fitsByRound }: ToolResult): PromiseCheck[] {
  const slopes = fitsByRound.map(({ slopeRatio }) => slopeRatio)
  const offsets = fitsByRound.map(({ offsetNs }) => offsetNs)
  return [
    {
      promise: 'the price of a multiplication, as the slope over chains from 2 ns to 1 ms, is read within 5 %',
      figure: percent(fit.slopeRatio - 1),
      spread: `${percent(Math.min(...slopes) - 1)} to ${percent(Math.max(...slopes) - 1)} over ${ROUNDS} rounds`,
      kept: Math.abs(fit.slopeRatio - 1) <= SLOPE_LIMIT_RATIO,
    },
    {
      promise: 'a call has less than 1 ns added to it',
      figure: `${fit.offsetNs.toFixed(2)} ns`,
      spread: `${Math.min(...offsets).toFixed(2)} to ${Math.max(...offsets).toFixed(2)} ns over ${ROUNDS} rounds`,
      kept: Math.abs(fit.offsetNs) < OFFSET_LIMIT_NS,
    },
  ]
}

function fitTable(results: readonly ToolResult[]): string {
  const range = (values: readonly number[], digits: number) =>
    `${Math.min(...values).toFixed(digits)} … ${Math.max(...values).toFixed(digits)}`
  return renderTable(
    ['tool', 'slope ÷ truth', 'rounds', 'offset, ns', 'rounds'],
    results.map(({ tool, fit, fitsByRound }) => [
      tool,
      fit.slopeRatio.toFixed(3),
      range(
        fitsByRound.map(({ slopeRatio }) => slopeRatio),
        3,
      ),
      fit.offsetNs.toFixed(2),
      range(
        fitsByRound.map(({ offsetNs }) => offsetNs),
        2,
      ),
    ]),
  )
}

const DECADES = ['1–10 ns', '10–100 ns', '0.1–1 µs', '1–10 µs', '10–100 µs', '0.1–1 ms', '1–10 ms']

function errorTable(results: readonly ToolResult[]): string {
  const errors = results.map(({ readings }) => worstErrorByDecade(readings))
  const rows = DECADES.map((label, decade) => [
    label,
    ...errors.map((worst) => {
      const errorRatio = worst.get(decade)
      return errorRatio === undefined ? '' : percent(errorRatio)
    }),
  ])
  return renderTable(
    ['true cost', ...results.map(({ tool }) => tool)],
    rows.filter((row) => row.slice(1).some((cell) => cell !== '')),
  )
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(1)} %`
}
