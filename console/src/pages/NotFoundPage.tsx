import { paths } from '../app/paths';
import { AppLink } from '../widgets/AppLink';
import { EmptyState } from '../widgets/EmptyState';
import { PageFrame } from '../widgets/PageFrame';

export default function NotFoundPage() {
  return (
    <PageFrame title="There is no such page">
      <EmptyState title="Nothing is at this address">
        It may be of a newer console. <AppLink to={paths.clusters()}>Go to the clusters</AppLink>
      </EmptyState>
    </PageFrame>
  );
}
