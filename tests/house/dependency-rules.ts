import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser'
import { AGENT_FOLDER, AUTHORING_DOOR, FORK_FOLDER, FORK_PACKAGES, FORK_ROOMS, ROWS } from './rooms.ts'

const SRC = '^packages/perf-kit/src/'
const BENCH_FILE = '\\.bench\\.ts$'

const literal = (text: string): string => text.replaceAll('.', '\\.')
const anyOf = (names: readonly string[]): string => `(${names.map(literal).join('|')})`
const packageFolder = (names: readonly string[]): string => `(^|/)node_modules/${anyOf(names)}/`

function rowRule(row: readonly string[], index: number): IForbiddenRuleType {
  return {
    name: `row-${index + 1}`,
    comment: `${row.join(' and ')} may import only from rooms in the rows above. Move what they share up, or pass it in.`,
    severity: 'error',
    from: { path: `${SRC}${anyOf(row)}/` },
    to: { path: `${SRC}${anyOf(ROWS.slice(index).flat())}/`, pathNot: `${SRC}$1/` },
  }
}

const DOORS: readonly IForbiddenRuleType[] = [
  {
    name: 'only-through-the-door',
    comment: "A room's inside is its own business: import its index.ts.",
    severity: 'error',
    from: { path: `${SRC}([^/]+)/`, pathNot: BENCH_FILE },
    to: { path: `${SRC}[^/]+/.`, pathNot: [`${SRC}$1/`, `${SRC}[^/]+/index\\.ts$`] },
  },
  {
    name: 'own-bench-files-are-as-users-write-them',
    comment: 'The measured process loads a bench file of ours like any other: it imports the public subpath ./config.',
    severity: 'error',
    from: { path: `${SRC}.*${BENCH_FILE}` },
    to: { path: SRC, pathNot: `${SRC}${literal(AUTHORING_DOOR)}$` },
  },
  {
    name: 'surface-shows-doors',
    comment: "The package's surface re-exports what rooms show at their doors.",
    severity: 'error',
    from: { path: `${SRC}[^/]+$` },
    to: { path: `${SRC}[^/]+/.`, pathNot: `${SRC}[^/]+/index\\.ts$` },
  },
  {
    name: 'rooms-lie-below-the-surface',
    comment: "The surface is for users: a room that imports it imports every room, itself too. Import the room's door.",
    severity: 'error',
    from: { path: `${SRC}[^/]+/` },
    to: { path: `${SRC}[^/]+$` },
  },
]

const FORK: IForbiddenRuleType = {
  name: 'measured-process-loads-little',
  comment: `What ${FORK_FOLDER} loads is heap and code beside the benchmark's own: types, ${FORK_ROOMS.join()} and the engines only.`,
  severity: 'error',
  from: { path: `${SRC}${FORK_FOLDER}/` },
  to: {
    pathNot: [`${SRC}${FORK_FOLDER}/`, `${SRC}${anyOf(FORK_ROOMS)}/index\\.ts$`, packageFolder(FORK_PACKAGES)],
    dependencyTypesNot: ['core', 'type-only'],
  },
}

const AGENT: IForbiddenRuleType = {
  name: 'agent-loads-nothing',
  comment: `What ${AGENT_FOLDER} loads is loaded into the target, and delays its start: Node's own modules and types only.`,
  severity: 'error',
  from: { path: `${SRC}${AGENT_FOLDER}/` },
  to: { pathNot: `${SRC}${AGENT_FOLDER}/`, dependencyTypesNot: ['core', 'type-only'] },
}

/** Benches are the users' side of the fence. `benches/peers` is not: it sets our engines beside other tools. */
const BENCHES: readonly IForbiddenRuleType[] = [
  {
    name: 'benches-import-what-users-can',
    comment: 'A bench imports @gw/perf-kit/config, the gateway it measures, and files beside it.',
    severity: 'error',
    from: { path: '^benches/', pathNot: '^benches/peers/' },
    to: {
      pathNot: ['^benches/', `${SRC}${literal(AUTHORING_DOOR)}$`, '^packages/gateway/src/'],
      dependencyTypesNot: ['core'],
    },
  },
  {
    name: 'benches-import-by-name',
    comment: 'A path into packages/ breaks in the checkout that the other side of a comparison runs from.',
    severity: 'error',
    from: { path: '^benches/' },
    to: { path: '^packages/', dependencyTypes: ['local'] },
  },
]

const WHOLE: readonly IForbiddenRuleType[] = [
  {
    name: 'kit-knows-no-gateway',
    comment: 'The kit measures any gateway; the one in this repository is a target like others, started as a process.',
    severity: 'error',
    from: { path: '^packages/perf-kit/' },
    to: { path: '^packages/gateway/' },
  },
  {
    name: 'no-cycles',
    comment: 'Files in a cycle, types too, can be neither understood nor moved alone.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'resolvable',
    comment: 'An import that leads nowhere escapes every other rule.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
]

export const DEPENDENCY_RULES: IForbiddenRuleType[] = [
  ...ROWS.map(rowRule),
  ...DOORS,
  FORK,
  AGENT,
  ...BENCHES,
  ...WHOLE,
]

export const CRUISE_OPTIONS: ICruiseOptions = {
  doNotFollow: { path: ['node_modules'] },
  exclude: { path: ['/dist/'] },
  // Types count: a room that knows another's shape depends on it.
  tsPreCompilationDeps: true,
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types', 'default'] },
}

/** The folders that the rules are about. */
export const CRUISED_FOLDERS: string[] = ['packages', 'benches']
