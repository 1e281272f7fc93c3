import type { ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { ControlGroup, type KernelKills, killsBetween } from './control-group.ts'
import { type LimitSnapshot, leftSnapshots } from './limit-snapshots.ts'
import { RecentTail } from './recent-tail.ts'
import { type EndExplanation, explainEnd, type TargetExit } from './target-end.ts'

/** V8's last words are some kilobytes: its last collections, and a stack of native code. */
const STDERR_TAIL_BYTES = 16_384
/** A system may write a core dump between a process's last word and its end. What was said before is of something else, such as a child that had ended. */
const LAST_WORDS_NS = 30e9
/** Of a heap of some GB. */
const LONGEST_WRITING_MS = 600_000
const LOOK_EVERY_MS = 200
/** What a target has started may hold its pipes open. */
const LAST_WORDS_MS = 1_000

/** How a target came to its end. */
export interface TargetEnd extends EndExplanation {
  /** when that was seen, on the clock of `process.hrtime` */
  readonly atNs: number
}

/** Where a target was told to write heap snapshots, and those that were there before. */
export interface SnapshotPlace {
  readonly folder: string
  readonly before: ReadonlySet<string>
}

interface Ended extends TargetExit {
  readonly atNs: number
  readonly kills: KernelKills
}

/** Keeps what tells why a process ended: its last words, who has ended it, and what the kernel did meanwhile. */
export class EndWatch {
  /** Resolves when it has ended, whoever ended it. */
  readonly exit: Promise<TargetExit>
  readonly #said: Promise<void>
  readonly #stderr = new RecentTail(STDERR_TAIL_BYTES)
  readonly #snapshots: SnapshotPlace | undefined
  #group: ControlGroup
  #killsBefore: KernelKills
  #ended: Ended | undefined
  #stopped: 'asked' | 'killed' | undefined

  constructor(child: ChildProcess, snapshots: SnapshotPlace | undefined) {
    this.#snapshots = snapshots
    this.#group = ControlGroup.of(child.pid ?? 0)
    this.#killsBefore = this.#group.kernelKills()
    child.stderr?.on('data', (chunk: Buffer) => this.#stderr.add(chunk))
    this.exit = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        const kills = killsBetween(this.#killsBefore, this.#group.kernelKills())
        this.#ended = { code, signal, atNs: Number(process.hrtime.bigint()), kills }
        resolve({ code, signal })
      })
    })
    this.#said = new Promise((resolve) => {
      child.once('close', () => resolve())
    })
  }

  /** Whoever is ready is in the control group that it is to run in: what has started it may have moved it. */
  begin(pid: number): void {
    this.#group = ControlGroup.of(pid)
    this.#killsBefore = this.#group.kernelKills()
  }

  /** What we do about its end is no riddle. */
  noteStop(how: 'asked' | 'killed'): void {
    if (this.#ended === undefined) this.#stopped = how
  }

  /**
   * Why it has ended, if it has, by what is known of it now.
   *
   * @param heapLimitBytes - as its agent has told it
   */
  explain(heapLimitBytes?: number): TargetEnd | undefined {
    if (this.#ended === undefined) return undefined
    const { atNs, code, signal, kills } = this.#ended
    const words = { stderrTail: this.#stderr.text(atNs - LAST_WORDS_NS), heapLimitBytes }
    const explanation = explainEnd({
      exitCode: code,
      signal,
      ...words,
      kernelKills: kills,
      stopped: this.#stopped,
    })
    return { ...explanation, atNs }
  }

  /** The same of a child whose exit somebody else has told, and whose words came the same way. */
  explainChild({ code, signal }: TargetExit, heapLimitBytes?: number): TargetEnd {
    const kernelKills = killsBetween(this.#killsBefore, this.#group.kernelKills())
    const words = { stderrTail: this.#stderr.text(), heapLimitBytes }
    return { ...explainEnd({ exitCode: code, signal, ...words, kernelKills }), atNs: Number(process.hrtime.bigint()) }
  }

  /** Waits, if it has ended, until all that it said has come in. */
  async heardOut(): Promise<void> {
    if (this.#ended !== undefined) await Promise.race([this.#said, sleep(LAST_WORDS_MS, undefined, { ref: false })])
  }

  /** Heap snapshots that V8 has written when the heap came near its limit. */
  async snapshots(): Promise<readonly LimitSnapshot[]> {
    return await leftSnapshots(this.#stderr.text(), this.#snapshots?.folder, this.#snapshots?.before ?? new Set())
  }

  /** The same when none is being written any more, or it has ended, or that takes minutes. */
  async writtenSnapshots(onWait: () => void, signal?: AbortSignal): Promise<readonly LimitSnapshot[]> {
    const untilMs = performance.now() + LONGEST_WRITING_MS
    for (let turn = 0; ; turn++) {
      const snapshots = await this.snapshots()
      const isWriting = this.#ended === undefined && snapshots.some(({ isWhole }) => !isWhole)
      if (!isWriting || signal?.aborted === true || performance.now() > untilMs) return snapshots
      if (turn === 0) onWait()
      await sleep(LOOK_EVERY_MS)
    }
  }
}
