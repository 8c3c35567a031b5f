import 'server-only';
import { cache } from 'react';
import type { PrincipalOption } from '@/components/keys/principal-field';
import { listRoles, listUsers } from '@/lib/aws/principals';
import { dataOr } from '@/lib/aws/result';
import { workplace } from '@/lib/aws/session';

/** Users and roles of the account. What IAM refuses is left out: any ARN can be typed. */
export const principalOptions = cache(async (): Promise<readonly PrincipalOption[]> => {
  const { aws } = await workplace();
  const none = { items: [], cutOff: false };
  const [roles, users] = await Promise.all([listRoles(aws), listUsers(aws)]);
  return [...dataOr(roles, none).items, ...dataOr(users, none).items];
});
