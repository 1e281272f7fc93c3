/** `native` is this package's own; the others are for checking it, and it them. */
export const LOAD_ENGINES = ['native', 'autocannon', 'oha'] as const
export type LoadEngineName = (typeof LOAD_ENGINES)[number]
