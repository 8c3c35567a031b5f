import { ArrowRight, KeyRound, Table2 } from 'lucide-react';
import Link from 'next/link';
import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/layout';
import { Failure } from '@/components/ui/states';
import type { AwsFailure } from '@/lib/aws/result';
import { LoadWorldButton } from '../load-world-button';

/** What the overview is while there is nothing: three ways to begin. */
export function FirstSteps() {
  return (
    <>
      <PageHeader title="Overview" sub="There is nothing in this account and Region yet." />
      <div className="stack max-w-[860px]">
        <Card title="Begin with a world that has something to show">
          <p className="prose-line mb-3 text-ink-2">
            Buckets of each kind, keys with policies and grants, roles that may and roles that may not. Small, the same
            each time, and gone with one Reset.
          </p>
          <div className="flex flex-wrap gap-2">
            <LoadWorldButton primary />
          </div>
        </Card>
        <Card title="Or build your own" rule bare>
          <Step
            icon={<KeyRound size={16} aria-hidden />}
            href="/keys/new"
            title="Create a KMS key"
            about="The key decides who can read. Its policy and grants are yours."
          />
          <Step
            icon={<Table2 size={16} aria-hidden />}
            href="/table-buckets/new"
            title="Create a table bucket"
            about="Choose its encryption before the first table: tables keep what they were created with."
          />
        </Card>
      </div>
    </>
  );
}

function Step({
  icon,
  href,
  title,
  about,
}: {
  icon: React.ReactNode;
  href: '/keys/new' | '/table-buckets/new';
  title: string;
  about: string;
}) {
  return (
    <Link href={href} className="first-step">
      <span className="tile key large">{icon}</span>
      <span className="min-w-0 grow">
        <span className="block font-medium">{title}</span>
        <span className="block text-ink-2">{about}</span>
      </span>
      <ArrowRight size={16} aria-hidden className="text-ink-3" />
    </Link>
  );
}

/** Nothing can be read at all. */
export function Unreachable({ error }: { error: AwsFailure }) {
  return (
    <>
      <PageHeader title="Overview" />
      <Card bare>
        <Failure title="Nothing answers at this connection" error={error} />
      </Card>
      <p className="mt-3">
        <ButtonLink href="/settings">Choose another connection</ButtonLink>
      </p>
    </>
  );
}
