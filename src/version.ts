import { readFileSync } from 'node:fs'

/** Only a bundle has it, which cannot know where package.json lies. */
declare const SIGNPOST_VERSION: string | undefined

/** Signpost's version, as its package says. */
export const version = typeof SIGNPOST_VERSION === 'undefined' ? versionInManifest() : SIGNPOST_VERSION

function versionInManifest(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}
