import { describe, expect, test } from 'vitest'
import { CircuitBreaker, type Pass } from '../src/circuit-breaker.ts'

function create() {
  const clock = { nowMs: 0 }
  const breaker = new CircuitBreaker({ failureThreshold: 2, openMs: 1000, now: () => clock.nowMs })
  return { breaker, clock }
}

function pass(breaker: CircuitBreaker): Pass {
  const pass = breaker.tryPass()
  if (pass === undefined) throw new Error('turned away')
  return pass
}

function fail(breaker: CircuitBreaker, times: number): void {
  for (let time = 0; time < times; time++) breaker.failed(pass(breaker))
}

/** A circuit in its trial, and a call that was let through before it opened. */
function createHalfOpen() {
  const { breaker, clock } = create()
  const late = pass(breaker)
  fail(breaker, 2)
  clock.nowMs = 1000
  return { breaker, clock, late, trial: pass(breaker) }
}

describe('CircuitBreaker', () => {
  test('opens after failures in a row, not after failures in all', () => {
    const { breaker } = create()
    fail(breaker, 1)
    breaker.succeeded(pass(breaker))
    fail(breaker, 1)
    fail(breaker, 1)
    expect(breaker.tryPass()).toBeUndefined()
  })

  test('lets one trial through when the wait is over, and closes when it succeeds', () => {
    const { breaker, clock } = create()
    fail(breaker, 2)
    clock.nowMs = 999
    expect(breaker.tryPass()).toBeUndefined()
    clock.nowMs = 1000
    const trial = pass(breaker)
    expect(breaker.tryPass()).toBeUndefined()
    breaker.succeeded(trial)
    expect(breaker.state).toBe('closed')
    fail(breaker, 1)
    expect(breaker.state).toBe('closed')
  })

  test('waits again when the trial fails', () => {
    const { breaker, clock, trial } = createHalfOpen()
    breaker.failed(trial)
    clock.nowMs = 1999
    expect(breaker.tryPass()).toBeUndefined()
  })

  test('a trial that was given up makes room for another at once', () => {
    const { breaker, trial } = createHalfOpen()
    breaker.gaveUp(trial)
    expect(breaker.tryPass()).toBeDefined()
  })

  test.each(['succeeded', 'failed', 'gaveUp'] as const)('hears of nobody but the trial that it %s', (report) => {
    const { breaker, late } = createHalfOpen()
    breaker[report](late)
    expect([breaker.state, breaker.tryPass()]).toEqual(['half-open', undefined])
  })

  test('a trial that was given up steers the next one no more', () => {
    const { breaker, trial } = createHalfOpen()
    breaker.gaveUp(trial)
    const next = pass(breaker)
    breaker.succeeded(trial)
    expect([breaker.state, breaker.isTrial(trial), breaker.isTrial(next)]).toEqual(['half-open', false, true])
  })

  test.each(['succeeded', 'failed', 'gaveUp'] as const)('stays open as long as ever when a late call %s', (report) => {
    const { breaker, clock } = create()
    const late = pass(breaker)
    fail(breaker, 2)
    clock.nowMs = 500
    breaker[report](late)
    expect([breaker.state, breaker.tryPass()]).toEqual(['open', undefined])
    clock.nowMs = 1000
    expect(breaker.tryPass()).toBeDefined()
  })
})
