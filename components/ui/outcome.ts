import type { Route } from 'next';
import type { ApiCallText } from '@/lib/aws/api-call';
import type { Plan } from '@/lib/plan/types';

/** What came of something a person did: shown as a flash, or in the form that asked for it. */
export interface Outcome {
  readonly ok: boolean;
  /** A success that needs no message: the page itself shows it. */
  readonly quiet?: boolean;
  readonly title: string;
  readonly detail?: string;
  /** AWS's code and request id, where the service refused. */
  readonly code?: string;
  readonly requestId?: string;
  /** What to do next, in one sentence. */
  readonly next?: string;
  readonly links?: readonly { readonly label: string; readonly href: Route }[];
  /** The API calls that were made. */
  readonly calls?: readonly ApiCallText[];
  /** Where to go afterwards. */
  readonly goTo?: Route;
  /** Something that is shown once and must be copied, such as a grant token. */
  readonly once?: { readonly label: string; readonly value: string };
  /** Nothing was changed yet: this is what would be. Sending the same again with its fingerprint applies it. */
  readonly review?: Plan;
  /** The plan was made against something that has changed since: nothing was changed. */
  readonly stale?: boolean;
  /** How to take it back. */
  readonly undo?: Undo;
}

/** A change that takes another one back, and the state against which it was thought out. */
export interface Undo {
  readonly label: string;
  /** JSON of a change. */
  readonly change: string;
  readonly plan: string;
}

/** What a server action answers. */
export interface ActionAnswer {
  readonly data?: Outcome | undefined;
  readonly serverError?: string | undefined;
  readonly validationErrors?:
    | {
        readonly formErrors: readonly string[];
        readonly fieldErrors: Readonly<Record<string, readonly string[] | undefined>>;
      }
    | undefined;
}

/** A server action that takes a form, or an object of the same fields. */
export type FormAction = (input: unknown) => Promise<ActionAnswer>;
