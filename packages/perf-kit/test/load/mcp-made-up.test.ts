import { expect, it } from 'vitest'
import { drive, outcomesOf, steady } from './drive.ts'
import { mcpTarget, well } from './mcp-target.ts'

const CALL = { method: 'tools/call', params: { name: 'echo', arguments: {} } }

/** How many requests the generator came to, and when: at the time it was to be sent, or after it had made one up. */
async function toldOf(options: Parameters<typeof drive>[1]) {
  await using target = await mcpTarget(well)
  const result = await drive(target.url, { mcp: CALL, phases: steady(2, 500), ...options })
  expect(outcomesOf(result)).toEqual(['HTTP 200'])
  const { sample } = result
  expect(sample.length).toBe(result.finished)
  for (const { intendedNs, takenNs, sentNs } of sample) {
    expect(takenNs).toBeGreaterThanOrEqual(intendedNs)
    expect(sentNs).toBe(takenNs)
  }
  const madeUp = sample.filter(({ intendedNs, takenNs }) => takenNs > intendedNs).length
  return { madeUp, plain: sample.length - madeUp, sessions: result.mcp?.sessionOpen.totalCount ?? 0 }
}

it('takes no time of the target’s to make up the first call of a session, and none at all for those after it', async () => {
  const { madeUp, plain, sessions } = await toldOf({ mcpSession: { requestsPerSession: 5 } })
  expect(sessions).toBeGreaterThan(3)
  expect(madeUp).toBeLessThanOrEqual(sessions)
  // The last sessions may have had no call.
  expect(madeUp).toBeGreaterThanOrEqual(sessions - 2)
  expect(plain).toBeGreaterThan(2 * madeUp)
})

it('takes no time of the target’s to fill in a row', async () => {
  const mcp = { ...CALL, params: { name: 'echo', arguments: { text: '{{text}}' } } }
  const rows = Array.from({ length: 10 }, (_, number) => ({ text: `row ${number}` }))
  const { plain } = await toldOf({ mcp, data: { name: 'rows.csv', rows } })
  expect(plain).toBe(0)
})

it('takes no time of the target’s to make up the first call without sessions', async () => {
  const { madeUp } = await toldOf({ mcpSession: { protocolVersion: '2026-07-28' } })
  expect(madeUp).toBe(2)
})
