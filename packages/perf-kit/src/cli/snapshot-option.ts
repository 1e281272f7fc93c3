import type { Command } from 'commander'
import { PerfKitError } from '../errors/index.ts'
import type { Run } from '../run/index.ts'
import type { LimitSnapshot } from '../target/index.ts'
import type { RequestFlags } from './load-flags.ts'

const BYTES_PER_MIB = 2 ** 20

export function addSnapshotOption(command: Command): Command {
  return command.option(
    '--snapshot-at-limit <folder>',
    'write what lies on the heap of a target that is started there, when it comes near its limit (seconds or minutes in which it stands still)',
  )
}

/** @throws {PerfKitError} `LOAD_INVALID` */
export function refuseSnapshotOf(url: string | undefined, { snapshotAtLimit }: RequestFlags): void {
  if (url === undefined || snapshotAtLimit === undefined) return
  throw new PerfKitError('LOAD_INVALID', '--snapshot-at-limit is for a target that is started, and a URL has been', {
    remedy: 'Leave it out, and start that server with --heapsnapshot-near-heap-limit=1.',
  })
}

/** @param hasEnded - the target; one that is not whole is being written otherwise */
export function snapshotNotes(snapshots: readonly LimitSnapshot[], hasEnded: boolean): Run['warnings'] {
  return snapshots.map(({ path, bytes, isWhole }) => {
    const size = `${(bytes / BYTES_PER_MIB).toFixed(0)} MiB`
    if (isWhole) {
      return {
        code: 'HEAP_SNAPSHOT',
        message: `what lay on the heap near its limit is in ${path} (${size}, readable by its owner alone): perf-kit heap show ${path}`,
      }
    }
    const why = hasEnded
      ? 'the target ended while it wrote what lay on its heap, for which it needs as much memory again'
      : 'the target was still writing what lay on its heap when it was ended'
    return { code: 'HEAP_SNAPSHOT_CUT', message: `${why}: ${path} (${size}) is not whole, and cannot be read` }
  })
}
