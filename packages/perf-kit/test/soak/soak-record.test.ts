import { appendFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { processIdentity } from '../../src/soak/process-identity.ts'
import { extentOf, readMinutes } from '../../src/soak/record-reader.ts'
import { RecordOwner } from '../../src/soak/soak-folder.ts'
import { SoakRecord } from '../../src/soak/soak-record.ts'
import { HEAD, partLine, secondLine } from './recorded-seconds.ts'

async function temporaryFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'kit-record-'))
  return { folder, [Symbol.asyncDispose]: async () => await rm(folder, { recursive: true, force: true }) }
}

/** Where on the axis seconds are, in the order in which they are read. */
async function secondsIn(folder: string): Promise<number[]> {
  const seconds: number[] = []
  for await (const minute of readMinutes(folder)) seconds.push(...minute.seconds.at)
  return seconds
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index)

async function recordSeconds(record: SoakRecord, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at++) {
    record.add(secondLine(at))
    await record.flush()
  }
}

describe('the record of a soak', () => {
  it('has each second on the disk before the next, and makes minutes of them', async () => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    const record = await SoakRecord.create(folder, HEAD)
    record.add(partLine(0, 4711))
    await recordSeconds(record, 0, 130)
    expect(await secondsIn(folder)).toEqual(upTo(130))
    expect((await readdir(folder)).toSorted()).toEqual(['journal-000002.jsonl', 'minutes.jsonl', 'soak.json'])
    expect((await readFile(join(folder, 'minutes.jsonl'), 'utf8')).split('\n')).toHaveLength(3)
    await record.close()
    expect((await readdir(folder)).toSorted()).toEqual(['minutes.jsonl', 'soak.json'])
    expect(await secondsIn(folder)).toEqual(upTo(130))
  })

  it('is gone on with where it stopped, wherever in a line that was', async () => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    const killed = await SoakRecord.create(folder, HEAD)
    await recordSeconds(killed, 0, 65)
    const journal = join(folder, 'journal-000001.jsonl')
    const whole = await readFile(journal)
    const minutes = await readFile(join(folder, 'minutes.jsonl'))
    // Of five lines: at each end, in the middle, and a byte before each.
    const ends = upTo(whole.length).filter((index) => whole[index] === 0x0a)
    const cuts = [0, 1, ...ends.flatMap((end) => [end - 200, end, end + 1])]
    for (const cut of cuts) {
      await writeFile(journal, whole)
      await writeFile(join(folder, 'minutes.jsonl'), minutes)
      await truncate(journal, cut)
      // All of a line but its end is all of a second.
      const left = 60 + ends.filter((end) => end <= cut).length
      expect(await secondsIn(folder), `cut at ${cut}`).toEqual(upTo(left))
      const record = await SoakRecord.resume(folder)
      expect(record.nextAt).toBe(left)
      expect(record.measuredSec).toBe(left)
      await recordSeconds(record, left, left + 3)
      expect(await secondsIn(folder), `cut at ${cut}, and gone on with`).toEqual(upTo(left + 3))
      await record.close()
      await rm(join(folder, 'journal-000002.jsonl'), { force: true })
    }
    await killed.close()
  })

  it('counts nothing twice when it was killed between a minute and the end of its journal', async () => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    const killed = await SoakRecord.create(folder, HEAD)
    await recordSeconds(killed, 0, 59)
    const journal = await readFile(join(folder, 'journal-000000.jsonl'))
    await recordSeconds(killed, 59, 60)
    const last = `${JSON.stringify(secondLine(59))}\n`
    await writeFile(join(folder, 'journal-000000.jsonl'), Buffer.concat([journal, Buffer.from(last)]))
    expect(await secondsIn(folder)).toEqual(upTo(60))
    const record = await SoakRecord.resume(folder)
    expect(record.nextAt).toBe(60)
    expect(await secondsIn(folder)).toEqual(upTo(60))
    await record.close()
    await killed.close()
  })

  it('takes half a minute away that a full disk, or a power cut, has left', async () => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    const killed = await SoakRecord.create(folder, HEAD)
    await recordSeconds(killed, 0, 70)
    await appendFile(join(folder, 'minutes.jsonl'), '{"type":"minute","number":1,"sec')
    const record = await SoakRecord.resume(folder)
    await recordSeconds(record, 70, 72)
    await record.close()
    expect(await secondsIn(folder)).toEqual(upTo(72))
    await killed.close()
  })

  it('knows of gaps where the next second lies', async () => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    const record = await SoakRecord.create(folder, HEAD)
    await recordSeconds(record, 0, 5)
    record.add({ type: 'gap', at: 5, kind: 'killed', lastedNs: 3600e9, drawnSec: 60 })
    record.add(partLine(65, 1))
    await record.flush()
    expect(record.nextAt).toBe(65)
    expect(await extentOf(folder)).toMatchObject({ nextAt: 65, measuredSec: 5 })
    record.add(secondLine(65, [1e6], true))
    await record.flush()
    expect(await extentOf(folder)).toMatchObject({ nextAt: 65, measuredSec: 5 })
    await record.close()
  })

  it('says why it cannot be gone on with', async () => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    await expect(SoakRecord.resume(folder)).rejects.toMatchObject({ code: 'SOAK_RECORD_INVALID' })
    await writeFile(join(folder, 'soak.json'), '{"v":99,"subject":"a","plannedNs":1}')
    await expect(SoakRecord.resume(folder)).rejects.toThrow('is of version 99')
  })

  it('has one writer at a time, as long as that lives', async () => {
    await using temporary = await temporaryFolder()
    const { folder } = temporary
    // The first of all processes lives; that it was started at another time makes it another one.
    await writeFile(join(folder, 'running.json'), JSON.stringify({ pid: process.ppid, identity: 'other' }))
    await using _owner = await RecordOwner.take(folder)
    const other = { pid: process.ppid, identity: processIdentity(process.ppid) }
    await writeFile(join(folder, 'running.json'), JSON.stringify(other))
    await expect(RecordOwner.take(folder)).rejects.toThrow(`process ${process.ppid} is writing the record`)
  })
})
