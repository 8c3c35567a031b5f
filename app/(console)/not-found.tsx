import { ButtonLink } from '@/components/ui/button';
import { Card, PageHeader } from '@/components/ui/layout';

/** An address, or the name in it, is not known here. */
export default function NotFound() {
  return (
    <>
      <PageHeader title="Not found" sub="There is no page at this address." />
      <Card>
        <p className="prose-line mb-3 text-ink-2">
          It may have been deleted, or it belongs to another account or Region than the one in the band at the top.
        </p>
        <div className="flex flex-wrap gap-2">
          <ButtonLink href="/" kind="primary">
            Go to the overview
          </ButtonLink>
          <ButtonLink href="/settings">Switch the connection</ButtonLink>
        </div>
      </Card>
    </>
  );
}
