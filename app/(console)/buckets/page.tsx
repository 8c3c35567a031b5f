import { PageHeader } from '@/components/ui/layout';
export default function Page() {
  return <PageHeader title="Overview" />;
}
