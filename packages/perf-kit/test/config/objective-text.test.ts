import { expect, it } from 'vitest'
import { objectiveText, parseObjective } from '../../src/config/index.ts'

const P99 = { metric: 'responseTime', quantileRatio: 0.99, limit: 200e6 }
const ERRORS = { metric: 'errorRatio', limit: 0.001 }

it.each([
  ['p99<200ms,errors<0.1%', [P99, ERRORS]],
  [' p99 <= 0.2s , errors ≤ 0.1 % ', [P99, ERRORS]],
  ['p99=200ms', [P99]],
  // A p50 that is allowed to be longer than p99 says nothing, and does no harm.
  ['p99<200ms,p50<1s', [P99, { metric: 'responseTime', quantileRatio: 0.5, limit: 1e9 }]],
])('reads %j', (text, objective) => {
  expect(parseObjective(text)).toEqual(objective)
})

it('spells it in one way, however it was written', () => {
  const spelt = ['p99<200ms,errors<0.1%', 'p99 <= 0.2s,errors=0.10%'].map((text) => {
    const objective = parseObjective(text)
    return 'problem' in objective ? objective.problem : objectiveText(objective)
  })
  expect(spelt).toEqual(['p99<200ms,errors<0.1%', 'p99<200ms,errors<0.1%'])
})

it.each([
  ['', /"" is no limit; write an objective such as p99<200ms,errors<0\.1%/],
  ['p99', /"p99" is no limit/],
  ['p99<200ms,', /"" is no limit/],
  ['p9<', /no limit/],
  ['eror<1%', /there is no objective "eror" — did you mean "errors"\?; there are p50, p90/],
  ['latency<1s', /there is no objective "latency"; there are/],
  ['goodput<100/s', /goodput is what is looked for/],
  ['notSent<1%', /what is not sent is judged anyway/],
  ['p99>200ms', /p99>200ms asks for no limit; write p99<200ms/],
  ['p99<<200ms', /asks for no limit/],
  ['p99<200', /"200" is no duration; write it like 200ms/],
  ['p99<0ms', /"0ms" is no duration/],
  ['errors<0', /"0" is no share/],
  ['errors<0%', /no number of requests shows that there is never one/],
  ['errors<-1%', /no share/],
  ['p100<1s', /there is no budget "p100"/],
  ['p99<200ms,p99<100ms', /p99 is limited twice; say once how far it may go/],
  ['p99<200ms,p99.0<200ms', /p99 is limited twice/],
  ['errors<1%,p50<1s,errors<2%', /errors is limited twice/],
  ['__proto__<1%', /there is no objective "__proto__"/],
])('refuses %j', (text, problem) => {
  expect(parseObjective(text)).toEqual({ problem: expect.stringMatching(problem) })
})
