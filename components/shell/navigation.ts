import {
  ChartColumn,
  CircleHelp,
  Cylinder,
  FileQuestion,
  FolderTree,
  Globe,
  KeyRound,
  LayoutDashboard,
  ListTree,
  type LucideIcon,
  Presentation,
  Route as RouteIcon,
  ScrollText,
  Settings2,
  ShieldAlert,
  Table2,
  Upload,
  UsersRound,
  Waypoints,
} from 'lucide-react';
import type { Route } from 'next';

export type Counted = 'tableBuckets' | 'directoryBuckets' | 'buckets' | 'keys' | 'findings';

export interface NavItem {
  readonly href: Route;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly count?: Counted;
  /** Second key after `g`. */
  readonly shortcut?: string;
}

export interface NavGroup {
  readonly title?: string;
  readonly items: readonly NavItem[];
}

/** Everything in the side navigation and the palette: only pages that exist. */
export const NAVIGATION: readonly NavGroup[] = [
  { items: [{ href: '/', label: 'Overview', icon: LayoutDashboard, shortcut: 'o' }] },
  {
    title: 'Resources',
    items: [
      { href: '/table-buckets', label: 'Table buckets', icon: Table2, count: 'tableBuckets', shortcut: 't' },
      {
        href: '/directory-buckets',
        label: 'Directory buckets',
        icon: FolderTree,
        count: 'directoryBuckets',
        shortcut: 'd',
      },
      { href: '/buckets', label: 'General purpose buckets', icon: Cylinder, count: 'buckets', shortcut: 'b' },
      { href: '/keys', label: 'KMS keys', icon: KeyRound, count: 'keys', shortcut: 'k' },
      { href: '/identities', label: 'Identities', icon: UsersRound, shortcut: 'i' },
    ],
  },
  {
    title: 'Understand',
    items: [
      { href: '/access', label: 'Access graph', icon: Waypoints, shortcut: 'x' },
      { href: '/explain', label: 'Explain', icon: CircleHelp, shortcut: 'y' },
      { href: '/decode', label: 'Decode an error', icon: FileQuestion, shortcut: 'r' },
      { href: '/decisions', label: 'Decisions', icon: ListTree, shortcut: 'e' },
      { href: '/findings', label: 'Findings', icon: ShieldAlert, count: 'findings', shortcut: 'f' },
      { href: '/usage', label: 'KMS requests and cost', icon: ChartColumn, shortcut: 'c' },
      { href: '/audit', label: 'Audit trail', icon: ScrollText, shortcut: 'a' },
    ],
  },
  {
    title: 'Try',
    items: [
      { href: '/setup', label: 'Guided set-up', icon: RouteIcon, shortcut: 'g' },
      { href: '/uploads', label: 'Simulated uploads', icon: Upload, shortcut: 'u' },
      { href: '/demos', label: 'Demo scenarios', icon: Presentation, shortcut: 'p' },
    ],
  },
];

export const FOOT: readonly NavItem[] = [
  { href: '/world', label: 'World', icon: Globe, shortcut: 'w' },
  { href: '/settings', label: 'Settings', icon: Settings2, shortcut: 's' },
];
