/** Shorter than this, a piece of text is as likely a word as an encoded secret. */
const shortestFragment = 8

/** Every way in which a secret is commonly written into a URL, a header or a JSON text. */
export function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= shortestFragment)
  return [secret, ...lines].flatMap((text) => [
    text,
    jsonForm(text),
    ...urlForms(text),
    ...base64Forms(text),
  ])
}

function jsonForm(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

function urlForms(text: string): string[] {
  const component = encodeURIComponent(text.toWellFormed())
  const strict = component.replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const userinfo = new URL('http://host')
  userinfo.password = text
  const form = new URLSearchParams({'': text}).toString().slice(1)
  const upper = [component, strict, userinfo.password, form]
  return [...upper, ...upper.map(withLowerEscapes)]
}

function withLowerEscapes(text: string): string {
  return text.replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase())
}

/**
 * Whole, and as it reads inside a longer text that was encoded as one (`user:secret`): there its first
 * byte falls on one of three places of a group, and its outer characters depend on the neighbours.
 */
function base64Forms(text: string): string[] {
  const bytes = Buffer.from(text)
  const fragments = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64')
    return encoded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + bytes.length) * 4) / 3))
  })
  const long = fragments.filter((fragment) => fragment.length >= shortestFragment)
  const forms = [bytes.toString('base64'), ...long]
  return [...forms, ...forms.map(forUrl)]
}

/** The alphabet of RFC 4648, section 5. */
function forUrl(base64: string): string {
  return base64.replaceAll('+', '-').replaceAll('/', '_')
}
