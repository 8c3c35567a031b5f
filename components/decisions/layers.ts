/** What people call the layers of `lib/access`. */
export const LAYER_NAMES: Readonly<Record<string, string>> = {
  'service-control-policy': 'Service control policies',
  'resource-control-policy': 'Resource control policies',
  'permissions-boundary': 'Permissions boundary',
  'session-policy': 'Session policy',
  'identity-policy': 'IAM policies',
  'resource-policy': 'Resource policy',
  grant: 'Grants',
  'vpc-endpoint-policy': 'VPC endpoint policy',
};

/** The resource policy by its own name: key, bucket or table policy. */
export function layerName(layer: string, resource: string): string {
  if (layer !== 'resource-policy') return LAYER_NAMES[layer] ?? layer;
  if (resource.includes(':kms:')) return 'Key policy';
  if (resource.includes(':s3tables:')) return 'Table bucket policy';
  if (resource.includes(':s3:') || resource.includes(':s3express:')) return 'Bucket policy';
  return 'Resource policy';
}
