import assert from 'node:assert/strict'
import * as v from 'valibot'
import {validate} from '../../src/config/validate.ts'
import {failure, shown} from './project.ts'

const schema = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[a-z]+$/, 'lower-case letters')),
  size: v.optional(v.pipe(v.number(), v.minValue(3))),
  mode: v.optional(v.picklist(['read', 'write'])),
  password: v.optional(v.pipe(v.string(), v.minLength(8))),
  nested: v.optional(
    v.nullable(v.strictObject({list: v.array(v.strictObject({key: v.string()}))})),
  ),
  either: v.optional(v.union([v.string(), v.strictObject({path: v.string()})])),
  loose: v.optional(v.looseObject({known: v.optional(v.string())})),
})

const messageOf = async (value: unknown, path = 'plugin') =>
  (await failure((async () => validate(schema, value, path))())).message

describe('validate', () => {
  it('returns what the schema makes of a value', () => {
    const value = {name: 'a', nested: {list: [{key: 'x'}]}, either: {path: 'p'}, loose: {more: 1}}
    assert.deepEqual(validate(schema, value, 'plugin'), value)
    assert.equal(validate(v.pipe(v.string(), v.transform(Number)), '5', ''), 5)
  })

  const cases: [value: unknown, message: string][] = [
    [null, 'plugin is not valid: plugin: expected an object, found null'],
    [[], 'plugin is not valid: plugin: expected an object, found an empty list'],
    [{}, 'plugin is not valid: plugin.name: expected a string, found nothing'],
    [{name: 'A'}, 'plugin is not valid: plugin.name: expected lower-case letters, found "A"'],
    [{name: 'a', size: 1}, 'plugin is not valid: plugin.size: expected >=3, found the number 1'],
    [
      {name: 'a', mode: 'raed'},
      'plugin is not valid: plugin.mode: expected one of read, write, found "raed" (did you mean "read"?)',
    ],
    [
      {name: 'a', nested: {list: [{key: 1}]}},
      'plugin is not valid: plugin.nested.list.0.key: expected a string, found the number 1',
    ],
    [
      {name: 'a', nested: {list: [{kye: 'x', key: 'x'}]}},
      'plugin is not valid: plugin.nested.list.0.kye: expected one of key, found an unknown key (did you mean "key"?)',
    ],
    [
      {name: 'a', nested: {list: {}}},
      'plugin is not valid: plugin.nested.list: expected a list, found an object',
    ],
    [
      {name: 'a', either: 5},
      'plugin is not valid: plugin.either: expected a string or an object, found the number 5',
    ],
    [
      {name: 'a', either: {path: 5}},
      'plugin is not valid: plugin.either.path: expected a string, found the number 5',
    ],
    [
      {name: 'a', loose: []},
      'plugin is not valid: plugin.loose: expected an object, found an empty list',
    ],
  ]
  for (const [value, message] of cases) {
    it(`${JSON.stringify(value)}: ${message}`, async () => {
      assert.equal(await messageOf(value), message)
    })
  }

  it('tells several problems on a line each', async () => {
    assert.deepEqual((await messageOf({nmae: 'x', mode: 1})).split('\n'), [
      'plugin is not valid:',
      '  plugin.nmae: expected one of name, size, mode, password, nested, either, loose, found an unknown key (did you mean "name"?)',
      '  plugin.name: expected a string, found nothing',
      '  plugin.mode: expected one of read, write, found the number 1',
    ])
  })

  it('says only the type of a secret', async () => {
    const error = await failure(
      (async () => validate(schema, {name: 'a', password: 'CANARY'}, 'plugin'))(),
    )
    assert.equal(
      error.message,
      'plugin is not valid: plugin.password: expected >=8, found a string',
    )
    assert.ok(!shown(error).includes('CANARY'))
  })

  it('never repeats what a schema says of a secret', async () => {
    const talkative = v.strictObject({
      key: v.pipe(
        v.string(),
        v.check(() => false),
      ),
      token: v.pipe(v.string(), v.regex(/^x/)),
    })
    const value = {key: 'CANARY', token: 'CANARY'}
    const options = {isSecret: (path: string) => path === 'plugin.key'}
    const error = await failure((async () => validate(talkative, value, 'plugin', options))())
    assert.ok(!shown(error).includes('CANARY'))
  })
})
