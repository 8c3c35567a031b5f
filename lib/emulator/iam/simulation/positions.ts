/** Where the statements of a policy stand, as IAM tells it. */

import type { Position } from '@aws-sdk/client-iam';
import { readJson } from '../../../access/json.ts';
import { positionOf } from '../../../access/position.ts';

interface Placed {
  readonly StartPosition: Position;
  readonly EndPosition: Position;
}

const known = new WeakMap<object, readonly Placed[]>();

/**
 * Positions of all statements of a compiled policy. IAM counts from 1 and names the place behind the brace, the opening
 * one too (AWS CLI reference, example of simulate-custom-policy).
 */
export function statementPositions(policy: { readonly text: string }): readonly Placed[] {
  const found = known.get(policy);
  if (found !== undefined) return found;
  const root = readJson(policy.text);
  const block = root.type === 'object' ? root.members.find(({ key }) => key === 'Statement')?.node : undefined;
  const nodes = block?.type === 'array' ? block.items : block === undefined ? [] : [block];
  const placed = nodes.map((node) => ({
    StartPosition: place(policy.text, node.offset + 1),
    EndPosition: place(policy.text, node.end),
  }));
  known.set(policy, placed);
  return placed;
}

function place(text: string, offset: number): Position {
  const { line, column } = positionOf(text, offset);
  return { Line: line, Column: column };
}
