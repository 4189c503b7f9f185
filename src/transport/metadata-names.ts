/** Names that lead to the metadata of an instance, in the cloud that defines them. In a proxy's network they may lead there too. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  'instance-data',
  'metadata.azure.internal',
  'metadata.tencentyun.com',
  'metadata.platformequinix.com',
  'metadata.packet.net',
  'api.metadata.cloud.ibm.com',
  'rancher-metadata',
])

/** `instance-data.ec2.internal`, `instance-data.REGION.compute.internal`: AWS */
const AWS_NAME = /^instance-data\..*\binternal$/

export function isMetadataName(name: string): boolean {
  const bare = name.toLowerCase().replace(/\.$/, '')
  return METADATA_NAMES.has(bare) || AWS_NAME.test(bare)
}
