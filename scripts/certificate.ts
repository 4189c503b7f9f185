import { type GenerateResult, generate } from 'selfsigned'

export interface Certificate {
  /** PEM; self-signed, so it is also the authority to trust. */
  readonly cert: string
  /** PEM */
  readonly key: string
}

export interface CertificateOptions {
  readonly commonName?: string
  readonly notBefore?: Date
  readonly notAfter?: Date
  /** The certificate that signs; it signs itself unless given. */
  readonly authority?: Certificate
}

/** Makes a certificate for localhost, 127.0.0.1 and ::1, good for servers, clients and as an authority. */
export async function makeCertificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { commonName = 'localhost', notBefore, notAfter, authority } = options
  const made: GenerateResult = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    ...(notBefore === undefined ? {} : { notBeforeDate: notBefore }),
    ...(notAfter === undefined ? {} : { notAfterDate: notAfter }),
    ...(authority === undefined ? {} : { ca: authority }),
    extensions: [
      { name: 'basicConstraints', cA: authority === undefined, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: authority === undefined, critical: true },
      { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  })
  return { cert: made.cert, key: made.private }
}
