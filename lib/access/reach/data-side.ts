/** The key is one lock, the bucket the other: whether S3 itself lets somebody at the data of a thing. */

import { conditionContext } from '../context.ts';
import { evaluate } from '../evaluate.ts';
import type { Decision, SourcedPolicy } from '../types.ts';
import { joined } from './parts.ts';
import type { KnownPrincipal, Picture, Thing } from './types.ts';

const READS: Readonly<Record<Thing['kind'], string>> = {
  bucket: 's3:GetObject',
  'directory-bucket': 's3express:CreateSession',
  'table-bucket': 's3tables:GetTableData',
  table: 's3tables:GetTableData',
};

/** The action that reads data of this kind of thing. */
export function readAction({ kind }: Thing): string {
  return READS[kind];
}

/** The policy of a bucket, table or object in the picture; undefined where the picture has none for it. */
export function policiesOn(picture: Picture, resource: string): SourcedPolicy | undefined {
  const owner = picture.things.find(
    ({ arn, policies = [] }) => policies.length > 0 && (resource === arn || resource.startsWith(`${arn}/`)),
  );
  return joined('resource policy', owner?.policies ?? []);
}

/** Whether IAM policies and the thing's own policy let somebody read it; says nothing of the key. */
export function decideData(picture: Picture, who: KnownPrincipal, thing: Thing): Decision {
  const { principal, identity, boundary } = who;
  const resource = joined('resource policy', thing.policies ?? []);
  const isService = principal.kind === 'AWSService';
  return evaluate(
    {
      principal,
      action: readAction(thing),
      resource:
        thing.kind === 'bucket'
          ? `${thing.arn}/example`
          : thing.kind === 'table-bucket'
            ? `${thing.arn}/table/example`
            : thing.arn,
      resourceAccountId: picture.accountId,
      context: conditionContext([
        ['aws:PrincipalArn', principal.roleArn ?? principal.arn],
        ['aws:PrincipalAccount', isService ? undefined : principal.accountId],
        ['aws:PrincipalIsAWSService', String(isService)],
        ['aws:SecureTransport', 'true'],
      ]),
    },
    { identity, ...(boundary === undefined ? {} : { boundary }), ...(resource === undefined ? {} : { resource }) },
    { trace: true },
  );
}
