/** Load and compare stored entries, as a bench file for our own forks. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineBench } from '@gw/perf-kit/config'
import { storeEntries } from './stored-entries.ts'

export default defineBench({
  name: 'compare-stored',
  args: { entries: [100, 10_000] },
  setup: async ({ entries }) => {
    const directory = await mkdtemp(join(tmpdir(), 'perf-kit-peers-'))
    return { directory, ...(await storeEntries(directory, entries)) }
  },
  fn: async ({ manager, run }) => await manager.compare(run),
  teardown: ({ directory }) => rm(directory, { recursive: true, force: true }),
})
