/** What a plan does to each service: tasks that start and end, and how many are healthy meanwhile. */
import Box from '@cloudscape-design/components/box';
import Table, { type TableProps } from '@cloudscape-design/components/table';
import type { PlannedService } from '../../aws/roadstead';
import { ArnLink } from '../ArnLink';
import { Sign } from '../Sign';
import {
  belowMinimumText,
  desiredText,
  healthyText,
  leavesText,
  steadyText,
  totalsOf,
} from './planWords';

const COLUMNS: readonly TableProps.ColumnDefinition<PlannedService>[] = [
  {
    id: 'service',
    minWidth: 90,
    header: 'Service',
    isRowHeader: true,
    cell: ({ serviceArn, serviceName, bystander }) => (
      <>
        <ArnLink arn={serviceArn}>{serviceName}</ArnLink>
        {bystander && <small> anyway</small>}
      </>
    ),
  },
  { id: 'desired', minWidth: 85, header: 'Desired', cell: desiredText },
  {
    id: 'start',
    minWidth: 65,
    header: 'Start',
    cell: ({ movements }) => `+${totalsOf(movements).started}`,
  },
  {
    id: 'end',
    minWidth: 100,
    header: 'End',
    cell: ({ movements }) => leavesText(totalsOf(movements)),
  },
  { id: 'healthy', header: 'Healthy: now → lowest → after', cell: healthyText },
  {
    id: 'below',
    minWidth: 150,
    header: 'Below minimum',
    cell: (service) => <Below service={service} />,
  },
  {
    id: 'steady',
    minWidth: 120,
    header: 'Steady',
    cell: (service) => <Steady service={service} />,
  },
];

export function PlanServices({ services }: { services: readonly PlannedService[] }) {
  return (
    <Table
      variant="embedded"
      contentDensity="compact"
      wrapLines
      items={services}
      trackBy={({ serviceArn = '' }) => serviceArn}
      columnDefinitions={COLUMNS}
      ariaLabels={{ tableLabel: 'Services in the plan' }}
    />
  );
}

function Below({ service }: { service: PlannedService }) {
  const text = belowMinimumText(service);
  if (!service.belowMinimumSeconds) return text;
  return <Box color="text-status-warning">{text}</Box>;
}

function Steady({ service }: { service: PlannedService }) {
  const isAtRest = service.steadyAtSeconds !== undefined || service.outcome === 'SETTLED';
  const text = steadyText(service);
  if (!isAtRest) return <Box color="text-status-warning">{text}</Box>;
  return (
    <span className="word">
      <Sign type="success">{text}</Sign>
    </span>
  );
}
