import type { Route } from 'next';

/** Every address inside the console that carries a name, made in one place. */
const part = encodeURIComponent;

function withTab(path: string, tab?: string): Route {
  return (tab ? `${path}?tab=${part(tab)}` : path) as Route;
}

export const routes = {
  tableBucket: (name: string, tab?: string) => withTab(`/table-buckets/${part(name)}`, tab),
  table: (bucket: string, namespace: string, table: string, tab?: string) =>
    withTab(`/table-buckets/${part(bucket)}/tables/${part(namespace)}/${part(table)}`, tab),
  newTable: (bucket: string) => `/table-buckets/${part(bucket)}/tables/new` as Route,
  directoryBucket: (name: string, tab?: string) => withTab(`/directory-buckets/${part(name)}`, tab),
  bucket: (name: string, tab?: string) => withTab(`/buckets/${part(name)}`, tab),
  key: (id: string, tab?: string) => withTab(`/keys/${part(id)}`, tab),
  retireKey: (id: string) => `/keys/${part(id)}/retire` as Route,
  setup: (draft: string, step: string) => `/setup/${part(draft)}/${part(step)}` as Route,
  exportOf: (of: string, name: string, tab?: string) => withTab(`/export/${part(of)}/${part(name)}`, tab),
  identities: (tab?: string) => withTab('/identities', tab),
  identity: (kind: string, name: string, tab?: string) => withTab(`/identities/${kind}s/${part(name)}`, tab),
  managedPolicy: (arn: string) => `/identities/policies/${part(arn)}` as Route,
  upload: (id: string, tab?: string) => withTab(`/uploads/${part(id)}`, tab),
  /** The decision on a question that nobody asked yet. */
  explain: (question?: { principal: string; action: string; resource: string; data?: string }) =>
    (question ? `/explain?${new URLSearchParams(question).toString()}` : '/explain') as Route,
  uploadTime: (id: string) => `/uploads/${part(id)}/time` as Route,
  decision: (requestId: string) => `/decisions/${part(requestId)}` as Route,
  /** The access graph, for everything or for one question about something. */
  access: (question?: { ask: 'use' | 'data' | 'reach' | 'disable' | 'delete' | 'revoke'; about: string }) =>
    (question ? `/access?ask=${question.ask}&about=${part(question.about)}` : '/access') as Route,
  audit: (filter?: { by: string; value: string }) =>
    (filter ? `/audit?by=${part(filter.by)}&value=${part(filter.value)}` : '/audit') as Route,
};
