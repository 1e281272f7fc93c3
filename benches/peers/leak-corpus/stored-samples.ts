import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { judgeLeaks, type LeakVerdict, type MemorySample } from '@gw/perf-kit'
import { type CorpusRecord, METHOD } from './records.ts'

/** All that a verdict follows from, so that a later verdict can be tried on it. */
interface StoredRun {
  readonly record: CorpusRecord
  readonly samples: readonly MemorySample[]
}

/** What a record keeps of a verdict. */
export function saidOf({ state, because, signals }: LeakVerdict): Pick<CorpusRecord, 'verdict' | 'signals'> {
  return {
    verdict: { state, because },
    signals: signals.map(({ signal, state: its, because: why, points, per, each }) => ({
      ...{ signal, state: its, because: why, points, per },
      ...(each === undefined ? {} : { each }),
    })),
  }
}

/** About 100 kB each. */
export async function storeSamples(folder: string, run: StoredRun): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { case: name, at } = run.record
  await writeFile(join(folder, `${name}-${at.replaceAll(/\W/g, '')}.json`), JSON.stringify(run))
}

/** What is said today of runs that were made before. */
export async function judgeAgain(folder: string): Promise<readonly CorpusRecord[]> {
  const records: CorpusRecord[] = []
  for (const name of (await readdir(folder)).filter((each) => each.endsWith('.json')).toSorted()) {
    const { record, samples }: StoredRun = JSON.parse(await readFile(join(folder, name), 'utf8'))
    const { unseen } = record
    if (record.method === METHOD) records.push({ ...record, ...saidOf(judgeLeaks(samples, { unseen })) })
  }
  return records
}
