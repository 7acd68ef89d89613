import {posix} from 'node:path'
import {factsOf, type ImportFact} from './module-facts.ts'

const domains = ['source', 'artifact', 'storage', 'database', 'schema', 'config']

/** What each room of src may bring in besides itself, the vocabulary, `files` and `errors.ts`. */
const roomsBelow: Readonly<Record<string, readonly string[]>> = {
  // The cache needs no plan: its commands call the workspace itself.
  commands: ['cli', 'operations', 'storage', 'config'],
  cli: ['operations', ...domains],
  operations: domains,
  'index.ts': ['operations', ...domains],
  ...Object.fromEntries(domains.map((domain) => [domain, []])),
  files: [],
  'errors.ts': [],
}

/** Words that all rooms but the lowest share. */
const vocabulary = new Set(
  [
    'digest',
    'version',
    'descriptor',
    'release',
    'statement',
    'manifest',
    'media-types',
    'limits',
  ].map((name) => `artifact/${name}.ts`),
)

/** A package and the only place that may know it. */
const packagePlaces: readonly (readonly [RegExp, RegExp])[] = [
  [/^@oclif\//, /^(cli|commands)\//],
  [/^pg(-.*)?(\/|$)|^@electric-sql\//, /^database\//],
  [/^execa$/, /^storage\/oci\/program\.ts$/],
  [/^listr2$/, /^cli\/display\//],
  [/^libpg-query$/, /^schema\//],
  [/^@aws-sdk\//, /^storage\/s3\//],
]

/** Loaded by the line that needs them, so that no other command waits for them. */
const heavy = /^(pg(-.*)?|@electric-sql\/.*|execa|listr2|libpg-query|tar|@aws-sdk\/.*)(\/|$)/

/** Of the process's surroundings, these are for cli alone. */
const forCli = new Set(
  ['env', 'argv', 'stdin', 'stdout', 'stderr', 'exit', 'exitCode', 'abort', 'emitWarning']
    .map((name) => `process.${name}`)
    .concat('process', 'console'),
)

/** Each breach of the house's rules in one file. @param path below src, with slashes */
export function breachesOf(path: string, text: string): string[] {
  const {imports, globals} = factsOf(path, text)
  const room = roomOf(path)
  if (!Object.hasOwn(roomsBelow, room)) return [`${path} is in no room of the house`]
  const breaches = imports.flatMap((fact) =>
    explain(path, fact).map((breach) => `${path}:${fact.line} ${breach}`),
  )
  if (room === 'cli' || room === 'commands') return breaches
  const uses = globals.filter(({name}) => forCli.has(name))
  return [...breaches, ...uses.map(({name, line}) => `${path}:${line} uses ${name}`)]
}

function explain(path: string, {specifier, kind}: ImportFact): string[] {
  if (specifier === undefined) {
    return roomOf(path) === 'config'
      ? []
      : ['imports a computed path: only config loads files of others']
  }
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier)
    return mayImport(path, target, kind) ? [] : [`imports ${target}`]
  }
  const place = packagePlaces.find(([name, at]) => name.test(specifier) && !at.test(path))
  return [
    ...(place === undefined
      ? []
      : [`imports ${specifier}, which only ${place[1].source} may know`]),
    ...(heavy.test(specifier) && kind === 'static'
      ? [`imports ${specifier} before it is needed`]
      : []),
    ...(/^(node:)?(process|console)$/.test(specifier) && !/^(cli|commands)\//.test(path)
      ? [`imports ${specifier}`]
      : []),
  ]
}

function mayImport(path: string, target: string, kind: ImportFact['kind']): boolean {
  const [from, to] = [roomOf(path), roomOf(target)]
  if (from === to && from !== 'errors.ts') return true
  if (from === 'errors.ts') return false
  if (to === 'errors.ts') return true
  if (from === 'files') return false
  if (to === 'files' || vocabulary.has(target)) return true
  // The configuration of a storage is checked by its backend's schema, handed in.
  if (from === 'config' && target === 'storage/backend.ts') return kind === 'type'
  return roomsBelow[from]?.includes(to) ?? false
}

/** The first folder below src, or the file where there is none. */
function roomOf(path: string): string {
  return path.split('/')[0] ?? ''
}
