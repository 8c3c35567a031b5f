import type { Route } from 'next';
import type { ApiCallText } from '@/lib/aws/api-call';

/** What came of something a person did: shown as a flash, or in the form that asked for it. */
export interface Outcome {
  readonly ok: boolean;
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
