import {parseSync} from 'oxc-parser'

/** How a module is brought in: for the compiler only, when the file is loaded, or when a line runs. */
export type ImportKind = 'type' | 'static' | 'dynamic'

export interface ImportFact {
  /** As written; undefined where it is computed. */
  readonly specifier: string | undefined
  readonly kind: ImportKind
  readonly line: number
}

/** A use of the process's surroundings: `process.env`, `console`. */
export interface GlobalUse {
  readonly name: string
  readonly line: number
}

export interface ModuleFacts {
  readonly imports: readonly ImportFact[]
  readonly globals: readonly GlobalUse[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly [key: string]: unknown
}

/** What a TypeScript file imports and which surroundings it uses, read from its syntax tree. */
export function factsOf(path: string, text: string): ModuleFacts {
  const {program, errors} = parseSync(path, text)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)
  const imports: ImportFact[] = []
  const globals: GlobalUse[] = []
  walk(program as unknown as Node, undefined, (node, parent) => {
    const line = text.slice(0, node.start).split('\n').length
    const imported = importOf(node)
    if (imported !== undefined) imports.push({...imported, line})
    const name = globalOf(node, parent)
    if (name !== undefined) globals.push({name, line})
  })
  return {imports, globals}
}

type Visit = (node: Node, parent: Node | undefined) => void

function walk(node: Node, parent: Node | undefined, visit: Visit): void {
  visit(node, parent)
  for (const child of Object.values(node).flat()) if (isNode(child)) walk(child, node, visit)
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value
}

/** `import {type A}` counts as static: the compiler keeps the bare import. */
function importOf(node: Node): Omit<ImportFact, 'line'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return {specifier: literal(node['source']), kind: kindOf(node['importKind'])}
    case 'ExportNamedDeclaration':
    case 'ExportAllDeclaration':
      if (!isNode(node['source'])) return undefined
      return {specifier: literal(node['source']), kind: kindOf(node['exportKind'])}
    case 'TSImportType':
      return {specifier: literal(node['source']), kind: 'type'}
    case 'TSExternalModuleReference':
      return {specifier: literal(node['expression']), kind: 'static'}
    case 'ImportExpression':
      return {specifier: literal(node['source']), kind: 'dynamic'}
    case 'CallExpression': {
      const [argument] = node['arguments'] as unknown[]
      if (nameOf(node['callee']) !== 'require') return undefined
      return {specifier: literal(argument), kind: 'dynamic'}
    }
    default:
      return undefined
  }
}

function kindOf(kind: unknown): ImportKind {
  return kind === 'type' ? 'type' : 'static'
}

function literal(node: unknown): string | undefined {
  if (!isNode(node)) return undefined
  if (node.type === 'Literal' && typeof node['value'] === 'string') return node['value']
  const [quasi, ...more] = (node['quasis'] ?? []) as {value: {cooked: string}}[]
  return node.type === 'TemplateLiteral' && more.length === 0 ? quasi?.value.cooked : undefined
}

/** `process.env`, `process` by itself (handed on, taken apart), `console`. */
function globalOf(node: Node, parent: Node | undefined): string | undefined {
  const name = nameOf(node)
  if (name !== 'process' && name !== 'console') return undefined
  if (parent?.type !== 'MemberExpression') return isKey(node, parent) ? undefined : name
  if (parent['object'] !== node) {
    return nameOf(parent['object']) === 'globalThis' ? name : undefined
  }
  if (name === 'console') return name
  const property =
    parent['computed'] === true ? literal(parent['property']) : nameOf(parent['property'])
  return property === undefined ? name : `${name}.${property}`
}

/** `{process: 1}`: a name of the file's own. */
function isKey(node: Node, parent: Node | undefined): boolean {
  return parent?.['key'] === node && parent['shorthand'] !== true
}

function nameOf(node: unknown): string | undefined {
  return isNode(node) && node.type === 'Identifier' ? (node['name'] as string) : undefined
}
