/** A piece of SVG markup. Everything in it is escaped already. */
export type Markup = string

type Attributes = Readonly<Record<string, string | number>>

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
/** What XML 1.0 has no way of writing. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const UNWRITABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

function escapeText(text: string): Markup {
  return text
    .toWellFormed()
    .replace(UNWRITABLE, '\ufffd')
    .replace(/[&<>"]/g, (character) => ESCAPES[character] ?? character)
}

export function element(name: string, attributes: Attributes, ...children: readonly Markup[]): Markup {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(value)}"`)
  const start = `<${name}${written.join('')}`
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`
}

export function text(content: string, attributes: Attributes): Markup {
  return element('text', attributes, escapeText(content))
}

/** A document of its own, or a part of another when `attributes` say where. */
export function svgDocument(title: string, width: number, height: number, ...children: readonly Markup[]): Markup {
  return element(
    'svg',
    {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      xmlns: 'http://www.w3.org/2000/svg',
      role: 'img',
      'font-family': 'Helvetica, Arial, sans-serif',
      'font-size': 12,
      fill: '#222222',
    },
    element('title', {}, escapeText(title)),
    element('rect', { width, height, fill: '#ffffff' }),
    ...children,
  )
}

/** A hundredth of a pixel is as fine as anybody sees. */
function attribute(value: string | number): string {
  return typeof value === 'number' ? String(Math.round(value * 100) / 100) : escapeText(value)
}
