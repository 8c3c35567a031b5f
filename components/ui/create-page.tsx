import type { Route } from 'next';
import type { ReactNode } from 'react';
import { ButtonLink } from './button';
import { ActionForm } from './form';
import { Card, PageHeader } from './layout';
import type { FormAction } from './outcome';

/**
 * The shape of every page that creates something: head, warning where the choice can't be changed later, one form.
 * @param thing "table bucket": in the title, the button and the question that a leaving person is asked
 * @param back the list, where Cancel goes
 * @param lasting what can't be changed later
 */
export function CreatePage({
  thing,
  submit = `Create ${thing}`,
  sub,
  action,
  target,
  back,
  lasting,
  children,
}: {
  thing: string;
  submit?: string;
  sub: ReactNode;
  action: FormAction;
  target: string;
  back: Route;
  lasting?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <PageHeader title={`Create ${thing}`} sub={sub} />
      <div className="stack max-w-[760px]">
        {lasting}
        <Card className="page-form">
          <ActionForm
            action={action}
            submit={submit}
            target={target}
            guard={`The ${thing} you began`}
            cancel={<ButtonLink href={back}>Cancel</ButtonLink>}
          >
            {children}
          </ActionForm>
        </Card>
      </div>
    </>
  );
}
