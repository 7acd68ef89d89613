import semver from 'semver'
import {SquizzleError} from '../errors.ts'

/** A semantic version in its one written form: no leading `v`, no blanks. */
export type Version = string & {readonly __brand: 'Version'}

/** A tag may have 128 characters (OCI distribution specification). */
const maxLength = 128

export function isVersion(text: string): text is Version {
  return text.length <= maxLength && semver.valid(text) !== null && asWritten(text) === text
}

/**
 * The version that a person wrote, a leading `v` dropped.
 * @throws VERSION_INVALID
 */
export function parseVersion(text: string): Version {
  const written = text.replace(/^v(?=\d)/, '')
  if (isVersion(written)) return written
  const near = semver.coerce(written)?.version
  throw new SquizzleError('VERSION_INVALID', `${JSON.stringify(text)} is not a semantic version`, {
    hint:
      near === undefined
        ? 'Use three numbers, as in 1.2.0 or 2.0.0-rc.1.'
        : `Use three numbers, as in ${near}.`,
    details: {version: text},
  })
}

/** Build metadata counts here: a tag must lead back to exactly one version text. */
function asWritten(text: string): string {
  const parsed = semver.parse(text)
  if (!parsed) return ''
  return parsed.build.length > 0 ? `${parsed.version}+${parsed.build.join('.')}` : parsed.version
}

/** Order by precedence; two that differ only in build metadata are equal (0). */
export function compareVersions(a: Version, b: Version): number {
  return semver.compare(a, b)
}

export function sameVersion(a: Version, b: Version): boolean {
  return semver.compare(a, b) === 0
}

/** Not a pre-release. */
export function isStable(version: Version): boolean {
  return semver.prerelease(version) === null
}

/** `1.1.0` for `1.1.0-rc.2`. */
export function stableOf(version: Version): Version {
  const {major, minor, patch} = new semver.SemVer(version)
  return `${major}.${minor}.${patch}` as Version
}

/** A version as a tag: `+` is not allowed there and is written `_`, as Helm does. */
export function tagOfVersion(version: Version): string {
  return version.replace('+', '_')
}

/** The version that a tag names, or undefined where the tag names something else. */
export function versionOfTag(tag: string): Version | undefined {
  const text = tag.replace('_', '+')
  return isVersion(text) ? text : undefined
}

/** Highest first. */
export function newestFirst(versions: Iterable<Version>): Version[] {
  return [...versions].toSorted((a, b) => semver.rcompare(a, b))
}

/** A tag that is no version, as `tag` and `--tag` take it, and `latest`. */
export function isTag(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text)
}
