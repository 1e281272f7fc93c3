import { expect, it } from 'vitest'
import { parseBudget } from '../../src/config/budget-text.ts'

it.each([
  ['p99', '200ms', { metric: 'responseTime', quantileRatio: 0.99, limit: 200e6 }],
  ['p50', '1.5s', { metric: 'responseTime', quantileRatio: 0.5, limit: 1.5e9 }],
  ['p5', '1ms', { metric: 'responseTime', quantileRatio: 0.05, limit: 1e6 }],
  ['p99.9', '1s', { metric: 'responseTime', quantileRatio: 0.999, limit: 1e9 }],
  ['p99.95', '1s', { metric: 'responseTime', quantileRatio: 0.9995, limit: 1e9 }],
  ['errors', '0.1%', { metric: 'errorRatio', limit: 0.001 }],
  ['notSent', '1 %', { metric: 'notSentRatio', limit: 0.01 }],
  ['goodput', '1000/s', { metric: 'goodput', limit: 1000 }],
  ['goodput', '1000', { metric: 'goodput', limit: 1000 }],
])('reads %s=%s', (name, limit, budget) => {
  expect(parseBudget(name, limit)).toEqual(budget)
})

it.each([
  ['p99', '200', /"200" is no duration/],
  ['p99', '-5ms', /no duration/],
  ['p99', '0ms', /no duration/],
  ['p99', '10%', /no duration/],
  ['p100', '1s', /there is no budget "p100"/],
  ['p0', '1s', /there is no budget "p0"/],
  ['eror', '1%', /did you mean "errors"/],
  ['errors', '0%', /no number of requests shows/],
  ['errors', '0.1', /"0\.1" is no share/],
  ['errors', '101%', /no share/],
  ['errors', 'NaN%', /no share/],
  ['goodput', 'fast', /no rate/],
  ['__proto__', '1%', /there is no budget/],
])('refuses %s=%s', (name, limit, problem) => {
  expect(parseBudget(name, limit)).toEqual({ problem: expect.stringMatching(problem) })
})
