/** The access graph as it is drawn and listed: plain data that the server makes and the browser shows. */

import type { PrincipalKind } from '@/lib/access/reach/types';

export type Column = 0 | 1 | 2 | 3;
export const COLUMN_NAMES = ['Principal', 'Because of', 'Key', 'Encrypts'] as const;

export type NodeKind =
  | PrincipalKind
  | 'statement'
  | 'identity'
  | 'grant'
  | 'deny'
  | 'key'
  | 'bucket'
  | 'directory-bucket'
  | 'table-bucket'
  | 'table';

export interface GraphNode {
  readonly id: string;
  readonly column: Column;
  readonly kind: NodeKind;
  readonly title: string;
  readonly sub: string;
  /** How many things of the same shape stand in it; above one it is a pile. */
  readonly count: number;
  /** A pile that can be opened. */
  readonly opens?: string;
  /** Keys: state and what is wrong with it. */
  readonly state?: string;
  readonly warning?: string;
}

export type EdgeStyle = 'policy' | 'iam' | 'grant' | 'admin' | 'deny' | 'encrypts';

export interface GraphEdge {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly style: EdgeStyle;
  /** It holds only if a condition does. */
  readonly conditional: boolean;
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
}

/** One way as a row: what the graph draws as a principal, a reason and a key. */
export interface WayRow {
  readonly id: string;
  readonly principal: string;
  readonly principalName: string;
  readonly principalKind: PrincipalKind;
  readonly reasonId: string;
  readonly reasonKind: 'statement' | 'identity' | 'grant' | 'deny';
  readonly reason: string;
  readonly about: string;
  /** Grants behind the reason; one for everything else. */
  readonly grants: number;
  readonly key: string;
  readonly keyName: string;
  readonly verdict: 'uses' | 'administers' | 'denied';
  readonly actions: readonly string[];
  readonly onlyIf: readonly string[];
  readonly except: readonly string[];
  /** ARNs of what the way opens. */
  readonly things: readonly string[];
}

export interface KeyInfo {
  readonly arn: string;
  readonly name: string;
  readonly tail: string;
  readonly state: string;
  readonly grants: number;
}

export interface ThingInfo {
  readonly arn: string;
  readonly name: string;
  readonly kind: 'bucket' | 'directory-bucket' | 'table-bucket' | 'table';
  readonly keyArn: string;
  readonly about: string;
}
