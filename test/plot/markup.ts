/** The contents of all text elements, as they are written. */
export function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, content = '']) => content)
}

/** Whether every element is closed by its own name and nothing stands outside of the first one. */
export function isWellFormed(svg: string): boolean {
  const open: string[] = []
  for (const [tag, end = '', name = '', empty = ''] of svg.matchAll(
    /<(\/?)([a-z]+)(?: [a-zA-Z\d-]+="[^"<]*")*(\/?)>/g,
  )) {
    if (end === '/' && open.pop() !== name) return false
    if (end === '' && empty === '') open.push(name)
    if (open.length === 0 && !svg.endsWith(tag)) return false
  }
  const outsideOfTags = svg.replace(/<\/?[a-z]+(?: [a-zA-Z\d-]+="[^"<]*")*\/?>/g, '')
  return open.length === 0 && !/[<>]|&(?!(?:amp|lt|gt|quot);)/.test(outsideOfTags)
}
