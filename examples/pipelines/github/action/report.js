#!/usr/bin/env node
// Tells GitHub what came of a command: masks, outputs, annotations, a table in the summary.
// Usage: report.js mask | report.js result <file with JSON> <command>
const {execFileSync} = require('node:child_process')
const {appendFileSync, existsSync, readFileSync} = require('node:fs')
const {join, relative} = require('node:path')

const [task, file, command] = process.argv.slice(2)
if (task === 'mask') maskSecrets()
else reportResult(readResult(file), command)

/** A runner replaces what it was told to mask wherever it is printed from then on. */
function maskSecrets() {
  for (const [name, value] of Object.entries(process.env)) {
    if (!value) continue
    if (/(?:PASSWORD|TOKEN|SECRET|_KEY)$/.test(name)) mask(value)
    const password = /^\w+:\/\/[^/@]*:([^/@]+)@/.exec(value)?.[1]
    if (password === undefined) continue
    mask(password)
    mask(decode(password))
  }
}

function mask(value) {
  for (const line of value.split(/\r?\n/)) if (line !== '') print(`::add-mask::${asData(line)}`)
}

function decode(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A command that was cut off has written nothing, or half a document. */
function readResult(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return {error: {code: 'UNEXPECTED', message: 'squizzle ended without a result', details: {}}}
  }
}

function reportResult(result, line) {
  const {error, digest, reference} = result
  for (const [name, value] of Object.entries({digest, reference})) {
    if (typeof value === 'string') appendFileSync(process.env.GITHUB_OUTPUT, `${name}=${value}\n`)
  }
  for (const warning of result.warnings ?? []) print(`::warning::${asData(warning)}`)
  if (error !== undefined) annotate(error)
  summarize(result, line)
}

function annotate({code, message, hint, details = {}}) {
  const place = [`title=${code}`]
  const source = sourceOf(details.file)
  if (source !== undefined) {
    place.push(`file=${source}`)
    if (details.line !== undefined) place.push(`line=${details.line}`)
    if (details.column !== undefined) place.push(`col=${details.column}`)
  }
  print(
    `::error ${place.map(asProperty).join(',')}::${asData([message, hint].filter(Boolean).join('\n'))}`,
  )
}

/** The file of a migration in the checkout; an error of a database names it within its release. */
function sourceOf(path) {
  if (path === undefined) return undefined
  const {values} = JSON.parse(
    execFileSync('squizzle', ['config', 'show', '--json'], {encoding: 'utf8'}),
  )
  const folder = values.find((entry) => entry.path === 'migrations.path').value
  const found = [path, path.slice(path.indexOf('/') + 1)]
    .map((name) => join(folder, name))
    .find(existsSync)
  return found === undefined ? undefined : relative(process.env.GITHUB_WORKSPACE ?? '.', found)
}

function summarize({error, version, to, digest, reference, applied}, line) {
  const summary = process.env.GITHUB_STEP_SUMMARY
  if (!existsSync(summary) || readFileSync(summary, 'utf8') === '') {
    appendFileSync(
      summary,
      '| command | outcome | version | artifact |\n| --- | --- | --- | --- |\n',
    )
  }
  const outcome = error === undefined ? outcomeOf(applied) : `failed: ${error.code}`
  const artifact = [reference, digest].filter(Boolean).join('<br>')
  const cells = [`squizzle ${line}`, outcome, to ?? version ?? '', artifact]
  appendFileSync(
    summary,
    `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |\n`,
  )
  const details = error?.details ?? {}
  if (error !== undefined) {
    const lines = [error.message, error.hint, details.excerpt].filter(Boolean)
    appendFileSync(summary, `\n\`\`\`\`text\n${lines.join('\n')}\n\`\`\`\`\n`)
  }
}

function outcomeOf(applied) {
  if (applied === undefined) return 'done'
  return applied.length === 0 ? 'nothing to do' : `applied ${applied.join(', ')}`
}

function print(text) {
  process.stdout.write(`${text}\n`)
}

/** Line ends would end a runner's command. */
function asData(text) {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function asProperty(pair) {
  const [name, ...value] = pair.split('=')
  return `${name}=${asData(value.join('=')).replaceAll(':', '%3A').replaceAll(',', '%2C')}`
}
