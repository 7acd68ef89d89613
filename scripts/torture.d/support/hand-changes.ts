import {after} from './merged.ts'

type Row = Readonly<Record<string, unknown>>

/** A change of the ledger by somebody who goes past squizzle. */
export interface HandChange {
  readonly title: string
  readonly sql: string
  /** It makes a ledger that a database may well have had. */
  readonly legal: boolean
}

const digest = `sha256:${'0'.repeat(64)}`

/** Every identifying column of every row, changed in every way that means something. */
export function handChanges(releases: readonly Row[], migrations: readonly Row[]): HandChange[] {
  return [
    ...['', 'other', 'Shop', 'shop '].map((project) =>
      change(`project '${project}'`, `update squizzle.meta set project = '${project}'`),
    ),
    ...releases.flatMap((row) => releaseChanges(row, releases)),
    ...migrations.flatMap((row) => migrationChanges(row, migrations)),
    ...orders(releases.map(({version}) => String(version))),
  ]
}

function releaseChanges(row: Row, all: readonly Row[]): HandChange[] {
  const others = all.filter((other) => other !== row)
  const set = (column: string, value: unknown) =>
    change(
      `${column} of release ${String(row['version'])}: ${String(value)}`,
      `update squizzle.releases set ${column} = ${quote(value)} where version = '${String(row['version'])}'`,
    )
  return [
    ...['9.9.9', `${String(row['version'])}-rc.1`, `${String(row['version'])}+x`, 'one', ''].map(
      (v) => set('version', v),
    ),
    ...others.map(({version}) => set('version', version)),
    ...[digest, 'sha256:', ''].map((value) => set('diff_id', value)),
    ...others.map((other) => set('diff_id', other['diff_id'])),
    ...[0, -1, 99, ...others.map(({position}) => position)].map((value) => set('position', value)),
    set('state', 'applying'),
    set('state', 'gone'),
    change(
      `release ${String(row['version'])} deleted`,
      `delete from squizzle.releases where version = '${String(row['version'])}'`,
    ),
  ]
}

function migrationChanges(row: Row, all: readonly Row[]): HandChange[] {
  const where = `release = ${String(row['release'])} and position = ${String(row['position'])}`
  const others = all.filter((other) => other !== row)
  const set = (column: string, value: unknown) =>
    change(
      `${column} of migration ${String(row['name'])}: ${String(value)}`,
      `update squizzle.migrations set ${column} = ${quote(value)} where ${where}`,
    )
  return [
    ...['other', `${String(row['name'])} `, '', ...others.map(({name}) => name)].map((value) =>
      set('name', value),
    ),
    ...[digest, 'sha256:', ...others.map(({forward}) => forward)].map((v) => set('forward', v)),
    ...[
      0,
      9,
      ...others.filter((other) => other['release'] === row['release']).map((o) => o['position']),
    ].map((value) => set('position', value)),
    ...[0, ...new Set(others.map(({release}) => release))]
      .filter((release) => release !== row['release'])
      .map((value) => set('release', value)),
    ...['begun', 'undoing', 'gone'].map((value) => set('state', value)),
    set('kind', 'repeatable'),
    change(
      `migration ${String(row['name'])} deleted`,
      `delete from squizzle.migrations where ${where}`,
    ),
  ]
}

/** Every order of the releases, their migrations with them. */
function orders(versions: readonly string[]): HandChange[] {
  return permutations(versions)
    .filter((order) => order.some((version, at) => version !== versions[at]))
    .map((order) => {
      const moves = order.map((version, at) => `('${version}', ${at + 1})`).join(', ')
      return {
        title: `order ${order.join(' ')}`,
        sql: `with moves (version, place) as (values ${moves}),
            moved as (select r.position, m.place from squizzle.releases r join moves m using (version)),
            rows as (update squizzle.migrations g set release = v.place from moved v where g.release = v.position)
          update squizzle.releases r set position = v.place from moved v where r.position = v.position`,
        legal: isLegal(order),
      }
    })
}

/** Each release after all that it was built on. */
function isLegal(order: readonly string[]): boolean {
  return order.every((version, at) =>
    (after.get(version) ?? []).every((earlier) => order.slice(0, at).includes(earlier)),
  )
}

function permutations(items: readonly string[]): readonly (readonly string[])[] {
  if (items.length === 0) return [[]]
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  )
}

function change(title: string, sql: string): HandChange {
  return {title, sql, legal: false}
}

function quote(value: unknown): string {
  return typeof value === 'number' ? String(value) : `'${String(value)}'`
}
