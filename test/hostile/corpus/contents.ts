import {evilArtifacts, type HostileCase} from '../support/case.ts'
import {goodEntries, goodFiles, release, type Parts} from '../support/artifact.ts'
import {file, tarOf} from '../support/tar.ts'

type Case = () => Parts

const [rollback, forward, document, last] = goodEntries()
const of =
  (...entries: readonly Buffer[]): Case =>
  () => ({tar: tarOf(...entries)})
const releaseJson = (content: unknown): Buffer =>
  file('1.0.0/release.json', Buffer.isBuffer(content) ? content : JSON.stringify(content))
const withRelease = (content: unknown): Case => of(rollback, forward, releaseJson(content), last)

/** The good files, under other paths. */
const renamed =
  (rename: (path: string) => string): Case =>
  () => ({tar: tarOf(...goodFiles().map(([path, content]) => file(rename(path), content)))})

/** Layers whose files are not those that the config names, while every digest around them fits. */
export const contents: readonly HostileCase[] = evilArtifacts({
  'a layer without a script': of(rollback, document, last),
  'a layer without its last script': of(rollback, forward, document),
  'a layer without its release.json': of(rollback, forward, last),
  'a layer with release.json first': of(document, rollback, forward, last),
  'a layer with two scripts in the wrong order': of(forward, rollback, document, last),
  'a layer with a script twice': of(rollback, forward, forward, document),
  'a layer with release.json twice': of(rollback, forward, document, document),
  'a layer with a script too many': of(rollback, forward, file('1.0.0/0002_b.sql', 'x'), document),
  'a layer with a script after release.json': of(
    rollback,
    forward,
    document,
    file('1.0.0/z.sql', 'x'),
  ),
  'a layer with two scripts swapped': of(
    file('1.0.0/0001_a.rollback.sql', 'create table a ();\n'),
    file('1.0.0/0001_a.sql', 'drop table a;\n'),
    document,
    last,
  ),
  'a layer with another script of the same size': of(
    rollback,
    file('1.0.0/0001_a.sql', 'create table b ();\n'),
    document,
    last,
  ),
  'a layer with a script that is longer': of(
    rollback,
    file('1.0.0/0001_a.sql', 'create table a (); drop table users;\n'),
    document,
  ),
  'a layer with a script that is empty': of(rollback, file('1.0.0/0001_a.sql', ''), document),
  'a layer under the folder of another version': renamed((path) => path.replace('1.0.0', '1.0.1')),
  'a layer without its folder': renamed((path) => path.replace('1.0.0/', '')),
  'a layer in a folder too many': renamed((path) => `1.0.0/${path}`),
  'a layer with a script under another name': renamed((path) => path.replace('a.sql', 'b.sql')),
  'a layer with a script that climbs': renamed((path) =>
    path.replace('0001_a.sql', '../../0001_a.sql'),
  ),
  'a layer with a script at an absolute path': renamed((path) =>
    path.endsWith('/0001_a.sql') ? '/tmp/0001_a.sql' : path,
  ),
  'a release.json of another version': withRelease({...release(), version: '1.0.1'}),
  'a release.json after another release': withRelease({...release(), after: ['0.9.0']}),
  'a release.json with no migration': withRelease({...release(), migrations: []}),
  'a release.json with one key too many': withRelease({...release(), evil: true}),
  'a release.json without a key': withRelease({version: '1.0.0', after: []}),
  'a release.json that runs a script elsewhere': withRelease(
    JSON.parse(JSON.stringify(release()).replace('"transaction":true', '"transaction":false')),
  ),
  'a release.json with the key version twice': withRelease(
    Buffer.from(JSON.stringify(release()).replace('{', '{"version":"9.9.9",')),
  ),
  'a release.json with the key __proto__': withRelease(
    Buffer.from(JSON.stringify(release()).replace('{', '{"__proto__":{},')),
  ),
  'a release.json with blanks': withRelease(Buffer.from(JSON.stringify(release(), null, 2))),
  'a release.json that is no JSON': withRelease(Buffer.from('evil')),
  'a release.json of no bytes': withRelease(Buffer.alloc(0)),
  'a release.json that is null': withRelease(null),
  'a release.json that is a list': withRelease([release()]),
})
