import Link from 'next/link';
import { answerOf } from '@/components/graph/model/filter';
import type { KeyInfo, ThingInfo } from '@/components/graph/model/types';
import { thingRoute } from '@/components/graph/thing-route';
import { routes } from '@/components/routes';
import { Arn } from '@/components/ui/arn';
import { KeyState } from '@/components/ui/badge';
import { formatCount, plural } from '@/components/ui/format';
import { Fact, Facts } from '@/components/ui/layout';
import type { PanelProps } from './panel';

export function KeyPanel({ info, rows, loaded }: PanelProps & { info: KeyInfo }) {
  const { uses, administers, denied } = answerOf(rows.filter(({ key }) => key === info.arn));
  const things = loaded.thingInfos.filter(({ keyArn }) => keyArn === info.arn);
  return (
    <>
      <section>
        <KeyState state={info.state} />
        <h2 className="panel-title">{info.name}</h2>
        <p className="flex min-w-0 items-center gap-1">
          <Arn value={info.arn} href={routes.key(info.arn.slice(info.arn.lastIndexOf('/') + 1))} />
        </p>
      </section>
      <section>
        <div className="tight-facts">
          <Facts>
            <Fact label="Can use it">{formatCount(uses)}</Fact>
            <Fact label="Only administer">{formatCount(administers)}</Fact>
            <Fact label="Denied">{formatCount(denied)}</Fact>
            <Fact label="Grants">{formatCount(info.grants)}</Fact>
            <Fact label="Encrypts">
              {things.length === 0 ? 'nothing here' : plural(things.length, 'bucket or table', 'buckets and tables')}
            </Fact>
          </Facts>
        </div>
      </section>
      <section className="panel-foot">
        <Link className="link" href={routes.access({ ask: 'use', about: info.arn })}>
          Only this key
        </Link>
        <Link className="link" href={routes.access({ ask: 'disable', about: info.arn })}>
          What stops if it is disabled
        </Link>
      </section>
    </>
  );
}

const KIND = {
  bucket: 'General purpose bucket',
  'directory-bucket': 'Directory bucket',
  'table-bucket': 'Table bucket',
  table: 'Table',
} as const;

export function ThingPanel({ info, rows, loaded }: PanelProps & { info: ThingInfo }) {
  const opening = new Set(rows.filter(({ things }) => things.includes(info.arn)).map(({ principal }) => principal));
  const key = loaded.keyInfos.find(({ arn }) => arn === info.keyArn);
  const route = thingRoute(info);
  return (
    <>
      <section>
        <p className="text-ink-2">{KIND[info.kind]}</p>
        <h2 className="panel-title">{info.name}</h2>
        <p className="flex min-w-0 items-center gap-1">
          <Arn value={info.arn} {...(route === undefined ? {} : { href: route })} />
        </p>
      </section>
      <section>
        <div className="tight-facts">
          <Facts>
            <Fact label="Encrypted with">
              <span className="mono">{key?.name ?? info.keyArn}</span>
            </Fact>
            {info.kind === 'bucket' && (
              <Fact label="Bucket key">
                {info.about.endsWith('on') ? 'On: S3 sends the bucket’s ARN' : 'Off: S3 sends the object’s ARN'}
              </Fact>
            )}
            <Fact label="Key opens for">{plural(opening.size, 'principal')}</Fact>
          </Facts>
        </div>
      </section>
      <section className="panel-foot">
        <Link className="link" href={routes.access({ ask: 'data', about: info.arn })}>
          Who can Decrypt it
        </Link>
      </section>
    </>
  );
}
