import { describe, expect, test } from 'vitest'
import { CircuitBreaker } from '../src/circuit-breaker.ts'

function create() {
  const clock = { nowMs: 0 }
  const breaker = new CircuitBreaker({ failureThreshold: 2, openMs: 1000, now: () => clock.nowMs })
  return { breaker, clock }
}

function fail(breaker: CircuitBreaker, times: number): void {
  for (let time = 0; time < times; time++) {
    breaker.tryPass()
    breaker.failed()
  }
}

describe('CircuitBreaker', () => {
  test('opens after failures in a row, not after failures in all', () => {
    const { breaker } = create()
    fail(breaker, 1)
    breaker.succeeded()
    fail(breaker, 1)
    expect(breaker.tryPass()).toBe(true)
    breaker.failed()
    expect(breaker.tryPass()).toBe(false)
  })

  test('lets one trial through when the wait is over, and closes when it succeeds', () => {
    const { breaker, clock } = create()
    fail(breaker, 2)
    clock.nowMs = 999
    expect(breaker.tryPass()).toBe(false)
    clock.nowMs = 1000
    expect(breaker.tryPass()).toBe(true)
    expect(breaker.tryPass()).toBe(false)
    breaker.succeeded()
    expect([breaker.state, breaker.tryPass(), breaker.tryPass()]).toEqual(['closed', true, true])
  })

  test('waits again when the trial fails', () => {
    const { breaker, clock } = create()
    fail(breaker, 2)
    clock.nowMs = 1000
    breaker.tryPass()
    breaker.failed()
    clock.nowMs = 1999
    expect(breaker.tryPass()).toBe(false)
  })

  test('a trial that was given up makes room for another at once', () => {
    const { breaker, clock } = create()
    fail(breaker, 2)
    clock.nowMs = 1000
    breaker.tryPass()
    breaker.gaveUp()
    expect(breaker.tryPass()).toBe(true)
  })
})
