import { Building2, Cog, Landmark, type LucideIcon, ShieldUser, Timer, UserRound } from 'lucide-react';
import { cx } from './cx';

type Kind = 'user' | 'role' | 'session' | 'service' | 'account' | 'external';

const KINDS: Readonly<Record<Kind, { icon: LucideIcon; word: string }>> = {
  user: { icon: UserRound, word: 'User' },
  role: { icon: ShieldUser, word: 'Role' },
  session: { icon: Timer, word: 'Session' },
  service: { icon: Cog, word: 'Service' },
  account: { icon: Landmark, word: 'Account' },
  external: { icon: Building2, word: 'Other account' },
};

/** What kind of principal an ARN, service name or account id is, and the name a person knows it by. */
export function readPrincipal(principal: string, ownAccount?: string): { kind: Kind; name: string } {
  if (principal.endsWith('.amazonaws.com'))
    return { kind: 'service', name: principal.replace(/\.amazonaws\.com$/, '') };
  const [, , , , account = '', ...rest] = principal.split(':');
  const resource = rest.join(':');
  const external = ownAccount !== undefined && account !== '' && account !== ownAccount;
  if (/^\d{12}$/.test(principal)) return { kind: principal === ownAccount ? 'account' : 'external', name: principal };
  if (resource === 'root') return { kind: external ? 'external' : 'account', name: external ? account : 'root' };
  const kind: Kind = resource.startsWith('user/') ? 'user' : resource.startsWith('assumed-role/') ? 'session' : 'role';
  const name =
    kind === 'session' ? resource.slice('assumed-role/'.length) : resource.slice(resource.lastIndexOf('/') + 1);
  return { kind: external ? 'external' : kind, name: name === '' ? principal : name };
}

/** Tile with the kind, then the name in mono. The kind is spoken to screen readers. */
export function Principal({
  principal,
  account,
  about,
}: {
  principal: string;
  account?: string;
  /** A line under the name; the tile grows and the name is written out. */
  about?: string;
}) {
  const { kind, name } = readPrincipal(principal, account);
  const { icon: Icon, word } = KINDS[kind];
  if (about) {
    return (
      <span className="with-lines" title={principal}>
        <span className={cx('tile large', kind)}>
          <Icon size={15} aria-hidden />
          <span className="sr-only">{word}</span>
        </span>
        <span className="min-w-0">
          <span className="mono block truncate">{kind === 'service' ? principal : name}</span>
          <span className="block text-ink-2">{about}</span>
        </span>
      </span>
    );
  }
  return (
    <span className="principal" title={principal}>
      <span className={cx('tile', kind)}>
        <Icon size={12} aria-hidden />
        <span className="sr-only">{word}</span>
      </span>
      <span className="name mono">{name}</span>
    </span>
  );
}
