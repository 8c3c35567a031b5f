import 'server-only';
import * as sdk from '@aws-sdk/client-sts';
import type { Aws } from './connection.ts';
import { mapResult, type Result } from './result.ts';
import { send } from './send.ts';

/** What an encoded authorization failure says, as JSON. Only the account that was refused can read it. */
export async function decodeAuthorizationMessage(aws: Aws, encoded: string): Promise<Result<string>> {
  const answer = await send(aws, 'sts', new sdk.DecodeAuthorizationMessageCommand({ EncodedMessage: encoded }));
  return mapResult(answer, ({ DecodedMessage }) => DecodedMessage ?? '');
}
