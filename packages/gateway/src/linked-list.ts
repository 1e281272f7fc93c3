/** What an object needs to be a member of a {@link LinkedList}; a member is in at most one list. */
export interface ListNode<N> {
  previous: N | undefined
  next: N | undefined
}

/**
 * Doubly linked list that runs through its members: append, remove and move are a few pointer writes each.
 *
 * A `Map` in insertion order would do as well, but "delete and set again" at every touch leaves tombstones that make
 * reading its first entry slow, and rehashes it every few thousand touches.
 */
export class LinkedList<N extends ListNode<N>> {
  #first: N | undefined
  #last: N | undefined

  get first(): N | undefined {
    return this.#first
  }

  append(node: N): void {
    node.previous = this.#last
    node.next = undefined
    if (this.#last) this.#last.next = node
    else this.#first = node
    this.#last = node
  }

  /** @param node - a member of this list */
  remove(node: N): void {
    if (node.previous) node.previous.next = node.next
    else this.#first = node.next
    if (node.next) node.next.previous = node.previous
    else this.#last = node.previous
    node.previous = undefined
    node.next = undefined
  }

  /** @param node - a member of this list */
  moveToEnd(node: N): void {
    if (node === this.#last) return
    this.remove(node)
    this.append(node)
  }
}
