import { foldedPath, GAP } from './folded-path.ts'
import { classNameOf } from './heap-classes.ts'
import type { HeapSnapshot } from './read-snapshot.ts'

/** From there on an object is used as a map. */
const MOST_PROPERTIES = 100
/** Made by chance: a long one, or one with several digits. */
const RANDOM_NAME = /.{33}|(\d.*){4}/
const PROPERTY_NAME = /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u
const NUMBER = /^\d+$/
/** It has hundreds, which are variables of the program; from Node 26 on, V8 calls it `global (global*)`. */
const GLOBAL_OBJECT = /^global( |$)/
const ROOT = 0
/** Of a path that is longer, its beginning tells who keeps it all, and its end what is kept: a list may have a million steps. */
const MOST_FIRST = 24
const MOST_LAST = 4

/**
 * How each object of a heap is reached from its roots by the fewest references, weak ones left out: of all that keep it, the one
 * that is most easily understood.
 */
export class RetainerTree {
  readonly #snapshot: HeapSnapshot
  readonly #showsData: boolean
  readonly #firstEdges: Uint32Array
  /** by object: the edge by which it was reached, from 1; 0 for what is not */
  readonly #reachedBy: Uint32Array
  /** by object: where that edge begins */
  readonly #parents: Uint32Array

  /**
   * @param snapshot - read with edges
   * @param showsData - name keys too
   */
  constructor(snapshot: HeapSnapshot, showsData: boolean) {
    const { nodes } = snapshot
    this.#snapshot = snapshot
    this.#showsData = showsData
    this.#firstEdges = firstEdgesOf(nodes.edgeCounts)
    this.#reachedBy = new Uint32Array(nodes.count)
    this.#parents = new Uint32Array(nodes.count)
    this.#walk()
  }

  /**
   * What keeps an object: classes and the properties between them, from a root to the object.
   *
   * @returns `undefined` for what only weak references reach
   */
  pathTo(index: number): readonly string[] | undefined {
    if (this.#reachedBy[index] === 0) return undefined
    const path = [classNameOf(this.#snapshot, index)]
    const steps = this.#stepsTo(index)
    let at = index
    for (let step = steps - 1; step >= 0; step--) {
      const parent = this.#parents[at] ?? ROOT
      if (step < MOST_FIRST || step >= steps - MOST_LAST) {
        path.push(`${classNameOf(this.#snapshot, parent)}${this.#edgeText((this.#reachedBy[at] ?? 1) - 1, parent)}`)
      } else if (path.at(-1) !== GAP) path.push(GAP)
      at = parent
    }
    return foldedPath(path.reverse())
  }

  /** How many references lead from the first object below a root to this one. */
  #stepsTo(index: number): number {
    let steps = 0
    for (let at = this.#parents[index] ?? ROOT; at !== ROOT; at = this.#parents[at] ?? ROOT) steps++
    return steps
  }

  /**
   * Breadth first. As DevTools does it, what can be reached from global objects is reached from there, and only the rest from
   * the roots of V8's own: those lead to everything in a step or two, by ways that tell nothing.
   */
  #walk(): void {
    const { nodes, edges, layout } = this.#snapshot
    const weak = layout.edgeTypes.indexOf('weak')
    const synthetic = layout.nodeTypes.indexOf('synthetic')
    const queue = new Uint32Array(nodes.count)
    let queued = 0
    let done = 0
    const reach = (edge: number, parent: number): void => {
      const target = edges.targets[edge] ?? ROOT
      if (target === ROOT || this.#reachedBy[target] !== 0 || edges.types[edge] === weak) return
      this.#reachedBy[target] = edge + 1
      this.#parents[target] = parent
      queue[queued++] = target
    }
    const [begin, end] = this.#edgesOf(ROOT)
    for (const isOwn of [false, true]) {
      for (let edge = begin; edge < end; edge++) {
        if ((nodes.types[edges.targets[edge] ?? ROOT] === synthetic) === isOwn) reach(edge, ROOT)
      }
      for (; done < queued; done++) {
        const parent = queue[done] ?? ROOT
        const [first, last] = this.#edgesOf(parent)
        for (let edge = first; edge < last; edge++) reach(edge, parent)
      }
    }
  }

  #edgesOf(index: number): readonly [number, number] {
    const first = this.#firstEdges[index] ?? 0
    return [first, first + (this.#snapshot.nodes.edgeCounts[index] ?? 0)]
  }

  #edgeText(edge: number, owner: number): string {
    const { edges, layout, strings } = this.#snapshot
    const type = layout.edgeTypes[edges.types[edge] ?? 0]
    const name = edges.names[edge] ?? 0
    if (type === 'element' || type === 'hidden' || name >= strings.count) return '[]'
    const text = strings.text(name)
    // Elements of tables, in Maps and Sets.
    if (NUMBER.test(text)) return '[]'
    const isKey = type === 'property' && (RANDOM_NAME.test(text) || this.#isEntry(edge, owner))
    if (PROPERTY_NAME.test(text) && (this.#showsData || !isKey)) return `.${text}`
    return this.#showsData ? `[${JSON.stringify(text)}]` : '[…]'
  }

  /**
   * Whether a property is an entry, and its name a key: of a session, of a user, it may be a token. Several properties of one
   * object that lead to objects of one class are taken for entries; that hides some that a program has named, and is meant to.
   */
  #isEntry(edge: number, owner: number): boolean {
    const { nodes, edges, layout } = this.#snapshot
    if (GLOBAL_OBJECT.test(classNameOf(this.#snapshot, owner))) return false
    const [first, last] = this.#edgesOf(owner)
    if (last - first > MOST_PROPERTIES) return true
    const property = layout.edgeTypes.indexOf('property')
    const target = edges.targets[edge] ?? ROOT
    const name = classNameOf(this.#snapshot, target)
    for (let other = first; other < last; other++) {
      const beside = edges.targets[other] ?? ROOT
      if (other === edge || edges.types[other] !== property || nodes.types[beside] !== nodes.types[target]) continue
      // V8 has a property of its own for each object's prototype.
      if (this.#nameOf(other) !== '__proto__' && classNameOf(this.#snapshot, beside) === name) return true
    }
    return false
  }

  #nameOf(edge: number): string {
    const { edges, strings } = this.#snapshot
    const name = edges.names[edge] ?? 0
    return name < strings.count ? strings.text(name) : ''
  }
}

function firstEdgesOf(edgeCounts: Uint32Array): Uint32Array {
  const firsts = new Uint32Array(edgeCounts.length)
  let first = 0
  for (const [index, count] of edgeCounts.entries()) {
    firsts[index] = first
    first += count
  }
  return firsts
}
