import { X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { type Findings, problem } from './finding.js'
import type { PreflightPorts } from './ports.js'

const NAMES = ['ca', 'cert', 'key'] as const

export type TlsPaths = Readonly<Partial<Record<(typeof NAMES)[number], string | null | undefined>>>

/** Whether the files of a webhook's `tls` can be read and used together. */
export async function checkTlsFiles(path: string, tls: TlsPaths, ports: PreflightPorts): Promise<Findings> {
  const material: Partial<Record<(typeof NAMES)[number], Buffer>> = {}
  for (const name of NAMES) {
    const file = tls[name]
    if (file == null) continue
    try {
      material[name] = Buffer.from(await ports.readFile(file))
    } catch (error) {
      // In the place of a key's path there may be the key.
      const named = name === 'key' ? 'the file' : `the file ${file}`
      return problem('webhook', `${path}.${name}`, `${named} cannot be read (${reasonOf(error)})`)
    }
  }
  try {
    // An authority that is no certificate is ignored by createSecureContext.
    if (material.ca !== undefined) new X509Certificate(material.ca)
  } catch (error) {
    return problem('webhook', `${path}.ca`, `the file ${tls.ca} holds no certificate (${reasonOf(error)})`)
  }
  try {
    createSecureContext(material)
    return { problems: [], warnings: [] }
  } catch (error) {
    return problem('webhook', path, `the files cannot be used together (${reasonOf(error)})`)
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
