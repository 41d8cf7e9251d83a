/** The attributes of a load balancer or target group. */

import { useAttributes } from '../../live/balancing';
import { EmptyState } from '../EmptyState';
import { ItemTable } from '../ItemTable';

interface Props {
  of: 'load-balancer' | 'target-group';
  arn: string | undefined;
}

export function AttributesTable({ of, arn }: Props) {
  const { data, error, isPending, refetch } = useAttributes(of, arn);
  return (
    <ItemTable
      title="Attributes"
      name="attributes"
      items={Object.entries(data ?? {})}
      idOf={([key]) => key}
      isLoading={isPending}
      failure={error ?? undefined}
      onRetry={() => void refetch()}
      columns={[
        { id: 'key', header: 'Attribute', value: ([key]) => key, cell: ([key]) => key },
        {
          id: 'value',
          header: 'Value',
          value: ([, value]) => value,
          cell: ([, value]) => value || '–',
        },
      ]}
      empty={<EmptyState title="No attributes" />}
    />
  );
}
