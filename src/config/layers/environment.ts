import {SquizzleError} from '../../errors.ts'
import type {Config} from '../define.ts'
import type {Given} from '../inputs.ts'
import {inSentence} from '../plain-text.ts'
import {nearest} from '../problems/nearest.ts'
import {type Layer, layer} from './layers.ts'

/**
 * The layer of the selected environment. A configuration function was told its name: one that defines no
 * environments knows them itself.
 * @throws USAGE where there is none of that name, with the nearest
 */
export function environmentLayer(
  {environments = {}}: Config,
  {text: name, origin}: Given,
  label: string | undefined,
  isFunction: boolean,
): Layer | undefined {
  const values = Object.hasOwn(environments, name) ? environments[name] : undefined
  const names = Object.keys(environments).filter((key) => environments[key] !== undefined)
  if (values !== undefined) {
    return layer(`environments.${name} in ${label}`, values, `environments.${name}.`)
  }
  if (names.length === 0 && isFunction) return undefined
  const shown = inSentence(name)
  const message = `unknown environment ${JSON.stringify(shown)} (from ${origin})`
  throw new SquizzleError('USAGE', message, {
    hint: hintFor(shown, names, label),
    details: {environment: shown, known: names},
  })
}

function hintFor(name: string, names: readonly string[], label: string | undefined): string {
  if (label === undefined) return 'There is no configuration file here that would define it.'
  if (names.length === 0) return `Add environments.${name} to ${label}, or leave the name out.`
  const meant = nearest(name, names)
  const known = `${label} has ${names.join(', ')}.`
  return meant === undefined ? known : `Did you mean ${JSON.stringify(meant)}? ${known}`
}
