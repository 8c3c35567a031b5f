import 'server-only';
import { callerIdentity } from '@/lib/aws/principals';
import { workplace } from '@/lib/aws/session';
import { ownAccount, worldNow } from '../reads';

/** What a scan is told of the connection. */
export async function scanSetting(): Promise<{ account: string; now: number; editor: string }> {
  const { aws } = await workplace();
  const [account, now, caller] = await Promise.all([ownAccount(), worldNow(), callerIdentity(aws)]);
  return { account, now, editor: caller.ok ? caller.data.arn : '' };
}
