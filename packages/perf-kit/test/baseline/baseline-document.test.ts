import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { acceptableMetrics, acceptanceOf, withAccepted } from '../../src/baseline/accept-run.ts'
import { type BaselineDocument, stringifyBaseline } from '../../src/baseline/baseline-document.ts'
import { parseBaseline } from '../../src/baseline/parse-baseline.ts'
import type { Run } from '../../src/run/index.ts'
import { ENVIRONMENT, makeMetric, makeRun, paired, valuesAround } from './make-run.ts'

const PLACE = { suite: 'routing', environmentId: ENVIRONMENT.id }
const OPTIONS = { by: 'Ada', reason: 'first', at: new Date('2026-01-02T03:04:05Z') }

/** Without the comma that only the last of a list lacks. */
const linesOf = (document: BaselineDocument) => stringifyBaseline(document).replaceAll(/,$/gm, '').split('\n')

function accept(run: Run, document?: BaselineDocument, options = OPTIONS): BaselineDocument {
  const metrics = acceptableMetrics(run)
  return withAccepted(document, run, metrics, acceptanceOf(run, metrics, options))
}

describe('the text of a baseline', () => {
  it('reads back as what it was, whatever names are in it', () => {
    const name = fc.string({ minLength: 1, unit: 'binary' }).filter((text) => text.isWellFormed())
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1 }), name, (subjects, configuration) => {
        const metrics = subjects.map((subject) => makeMetric({ subject }))
        const document = accept(makeRun({ configuration, metrics }))
        const read = parseBaseline(stringifyBaseline(document), 'routing.json', PLACE)
        expect(stringifyBaseline(read)).toBe(stringifyBaseline(document))
        expect(read.configurations[0]?.metrics.map(({ subject }) => subject).toSorted()).toEqual(subjects.toSorted())
      }),
    )
  })

  it('does not depend on the order of keys', () => {
    const metric = makeMetric()
    const turned = Object.fromEntries(Object.entries(metric).toReversed()) as typeof metric
    const [one, other] = [metric, turned].map((each) => stringifyBaseline(accept(makeRun({ metrics: [each] }))))
    expect(one).toBe(other)
  })

  it('changes only lines of what was accepted', () => {
    const subjects = ['a', 'b', 'c', 'd']
    const first = accept(makeRun({ metrics: subjects.map((subject) => makeMetric({ subject })) }))
    const run = makeRun({ metrics: [makeMetric({ subject: 'b', value: 7 })] })
    const second = accept(run, first, { ...OPTIONS, reason: 'second' })
    const [before, after] = [first, second].map(linesOf)
    const changed = after?.filter((line) => !before?.includes(line))
    expect(changed).toEqual([expect.stringContaining('"second"'), expect.stringContaining('"subject":"b"')])
  })
})

describe('accepting', () => {
  it('stores the candidate’s side of pairs, and no null pairs', () => {
    const metrics = [
      paired(valuesAround(1), valuesAround(2)),
      paired(valuesAround(1), valuesAround(1), { name: 'nullTimePerOp' }),
    ]
    const stored = accept(makeRun({ metrics })).configurations[0]?.metrics
    expect(stored).toMatchObject([{ name: 'timePerOp', evidence: { kind: 'repetitions', values: valuesAround(2) } }])
  })

  it('drops acceptances that no number refers to any more', () => {
    const document = accept(makeRun(), accept(makeRun()), { ...OPTIONS, reason: 'again' })
    expect(document.configurations[0]?.acceptances.map(({ reason }) => reason)).toEqual(['again'])
  })

  it('drops the numbers of another measuring method once the subject has new ones', () => {
    const harness = { ...makeRun().harness, methodVersion: 2 }
    const document = accept(makeRun({ harness }), accept(makeRun()))
    expect(document.configurations.map((entry) => entry.harness.methodVersion)).toEqual([2])
  })

  it.each(['by', 'reason'])('asks for %s', (key) => {
    expect(() => accept(makeRun(), undefined, { ...OPTIONS, [key]: ' ' })).toThrow(/who accepts it and why/)
  })
})
