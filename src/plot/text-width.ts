const WIDTHS: readonly (readonly [characters: RegExp, em: number])[] = [
  [/[ijl.,:;|!'`()[\]]/, 0.34],
  [/[mwMW@%]/, 0.95],
  [/[A-Z0-9_+=<>~#&]/, 0.7],
  [/[ -~\u00a0-\u024f·–]/, 0.58],
]
/** East Asian letters, emoji and whatever else is not Latin. */
const WIDEST_EM = 1.05

/**
 * About how wide a text is, in px, without a font to ask: rather too much than too little, so that what is laid out by it
 * is never cut off.
 */
export function textWidth(text: string, fontSize: number): number {
  let em = 0
  for (const character of text) em += WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? WIDEST_EM
  return em * fontSize
}
