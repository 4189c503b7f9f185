/** Those of AWS's own examples. */
export const AWS_CREDENTIALS = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
} as const

/** Lets the AWS SDK take this URL for Lambda. To be called before the shards start: they inherit the environment. */
export function useAsLambda(url: string): void {
  process.env.AWS_ENDPOINT_URL_LAMBDA = url
  process.env.AWS_REGION = 'us-east-1'
  process.env.AWS_ACCESS_KEY_ID = AWS_CREDENTIALS.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = AWS_CREDENTIALS.secretAccessKey
  process.env.AWS_EC2_METADATA_DISABLED = 'true'
  // On Node 20 its warning would stand in the middle of the screen.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
}
