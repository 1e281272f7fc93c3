import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { packRows, RowReader } from '../../../src/load/data/packed-rows.ts'

const HEAD = { name: 'rows', columns: ['a', 'b'] }
const ROWS = [
  ['é日', 1],
  ['', null],
  [{ x: [true] }, '\ud800'],
]

it('gives back what was put in, row by row, in any order', () => {
  const reader = new RowReader(packRows(HEAD, ROWS, (row) => row))
  expect(reader.count).toBe(3)
  expect(reader.columns).toEqual(['a', 'b'])
  expect([2, 0, 1].map((index) => reader.at(index))).toEqual([ROWS[2], ROWS[0], ROWS[1]])
})

it('is the same memory in another thread, and not a copy', async () => {
  const packed = packRows(HEAD, ROWS, (row) => row)
  const source = `const { workerData, parentPort } = require('node:worker_threads')
    workerData.json[0] = 0x20
    parentPort.postMessage('done')`
  const worker = new Worker(source, { eval: true, workerData: packed })
  await new Promise((resolve) => worker.once('message', resolve))
  await worker.terminate()
  expect(packed.json[0]).toBe(0x20)
})
