import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { PrintedLines } from '../../src/load/printed-lines.ts'

async function toldOf(...streams: readonly (readonly (string | Buffer)[])[]): Promise<string[]> {
  const told: string[] = []
  const printed = new PrintedLines((line) => told.push(line))
  await Promise.all(streams.map((chunks) => printed.read(Readable.from(chunks, { objectMode: false }))))
  printed.end()
  return told
}

describe('what threads print', () => {
  it('is told by lines, wherever it was cut, the last one without an end too', async () => {
    const bytes = Buffer.from('größer\r\nwé\n\nend')
    for (let at = 1; at < bytes.length; at++) {
      expect(await toldOf([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(['größer', 'wé', '', 'end'])
    }
    expect(await toldOf([])).toEqual([])
  })

  it('is told up to its hundredth line, of all threads together, and then how much more there was', async () => {
    const lines = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name} ${index}\n`)
    expect(await toldOf(lines(60, 'a'), lines(40, 'b'))).toHaveLength(100)
    expect((await toldOf(lines(60, 'a'), lines(41, 'b'))).slice(99)).toEqual([expect.any(String), '… and 1 line more'])
    expect((await toldOf(lines(2_000, 'a'))).slice(99)).toEqual(['a 99', '… and 1,900 lines more'])
  })

  it('is cut where a line goes on without an end', async () => {
    const [line = '', ...others] = await toldOf(Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)))
    expect(line).toBe(`${'x'.repeat(1_000)}…`)
    expect(others).toEqual([])
  })

  it('ends the reading when the listener throws', async () => {
    const printed = new PrintedLines(() => {
      throw new Error('enough')
    })
    await expect(printed.read(Readable.from(['a\n', 'b\n']))).rejects.toThrow('enough')
  })
})
