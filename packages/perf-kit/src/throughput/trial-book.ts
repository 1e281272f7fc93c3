import type { CapacityTrial, RunNote } from '../run/index.ts'

/** All trials of a search, and what is to be told of them besides. */
export class TrialBook {
  readonly #trials: CapacityTrial[] = []
  /** by their codes: what is true of one trial need not be told of each */
  readonly #notes = new Map<string, RunNote>()

  get trials(): readonly CapacityTrial[] {
    return this.#trials
  }

  get notes(): readonly RunNote[] {
    return [...this.#notes.values()]
  }

  add(trial: CapacityTrial, notes: readonly RunNote[]): void {
    this.#trials.push(trial)
    this.note(notes)
  }

  note(notes: readonly RunNote[]): void {
    for (const note of notes) this.#notes.set(note.code, note)
  }

  /** Where what others took during the last trial is not known, what they took right after it. */
  noteOthers(othersRatio: number | undefined): void {
    const trial = this.#trials.pop()
    if (trial === undefined) return
    this.#trials.push(othersRatio === undefined ? trial : { othersRatio, ...trial })
  }
}
