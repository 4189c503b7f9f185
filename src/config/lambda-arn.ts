/** `arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME`, of which partial forms have no region. */
const ARN = /^arn:[a-z0-9-]+:lambda:(?<region>[a-z0-9-]+):/

/** The region in a function's ARN, or null for a name or an ARN without one. */
export function regionOfArn(functionName: string): string | null {
  return ARN.exec(functionName)?.groups?.region ?? null
}
