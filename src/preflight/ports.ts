/** What the preflight asks of the machine. */
export interface PreflightPorts {
  /** Rejects when the file cannot be read. */
  readFile(path: string): Promise<Uint8Array>
  /** Whether a package is installed where Signpost would load it from. */
  hasPackage(name: string): boolean
  /** The region that the AWS SDK would choose by itself; null: none. */
  awsRegion(): Promise<string | null>
  /** Connects by TCP and hangs up; rejects when that fails. null: nothing is connected to. */
  readonly connect: ((server: Server) => Promise<void>) | null
}

export interface Server {
  readonly host: string
  readonly port: number
}
