import { InvalidArgumentError } from 'commander'
import { isKind, KINDS, type Kind, type Mix } from './mix.js'

/** `member=60,client=30` */
export function mixText(mix: Mix): string {
  return Object.entries(mix)
    .map(([kind, parts]) => `${kind}=${parts}`)
    .join(',')
}

/** @throws InvalidArgumentError */
export function parseMix(text: string): Mix {
  const entries = text.split(',').map(parseEntry)
  const mix = Object.fromEntries(entries)
  if (Object.keys(mix).length < entries.length) throw wrong('each kind once')
  if (entries.every(([, parts]) => parts === 0)) throw wrong('at least one kind with parts above 0')
  return mix
}

function parseEntry(entry: string): readonly [Kind, number] {
  const [, kind = '', parts = ''] = /^\s*([a-z-]+)=(\d{1,9}(?:\.\d{1,9})?)\s*$/.exec(entry) ?? []
  if (!isKind(kind)) throw wrong('kind=parts,…')
  return [kind, Number(parts)]
}

function wrong(expected: string): InvalidArgumentError {
  return new InvalidArgumentError(`Expected ${expected} with kinds of ${Object.keys(KINDS).join(', ')}.`)
}
