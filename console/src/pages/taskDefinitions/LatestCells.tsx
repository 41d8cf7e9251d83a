/** Cells of the families' table, each filled by the family's latest revision. */
import Box from '@cloudscape-design/components/box';
import { paths } from '../../app/paths';
import { AppLink } from '../../widgets/AppLink';
import { When } from '../../widgets/When';
import { type FamilyStatus, useLatest } from './queries';
import { imagesOf, nameSome, revisionNumber, sizeOf } from './summary';

interface Props {
  family: string;
  status: FamilyStatus;
}

export function LatestRevision({ family, status }: Props) {
  const { data, error, isPending } = useLatest(family, status);
  if (error) return <Box color="text-status-error">{error.message}</Box>;
  if (isPending) return <>…</>;
  if (!data) return <>–</>;
  const revision = revisionNumber(data);
  return <AppLink to={paths.revision(family, revision)}>{`${family}:${revision}`}</AppLink>;
}

export function LatestImages({ family, status }: Props) {
  const { data } = useLatest(family, status);
  return <>{data ? nameSome(imagesOf(data), 3) : '–'}</>;
}

export function LatestSize({ family, status }: Props) {
  const { data } = useLatest(family, status);
  return <>{data ? sizeOf(data) : '–'}</>;
}

export function LatestRegistered({ family, status }: Props) {
  const { data } = useLatest(family, status);
  return <When at={data?.registeredAt} />;
}
