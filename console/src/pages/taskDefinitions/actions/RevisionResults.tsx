/** The revisions of a dialog: who uses each, and afterwards what became of it. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import Table from '@cloudscape-design/components/table';
import { FailureText } from '../../../widgets/FailureAlert';
import { Sign } from '../../../widgets/Sign';
import { shortName } from '../summary';
import { UsageLinks } from '../UsageLinks';
import { UNUSED } from '../usage';
import type { UsageOfFamily } from '../useUsage';
import type { Told } from './useBatches';

/** Those that failed or are used come first and are drawn, of the others a few. */
const SHOWN_MAX = 50;
const UNUSED_SHOWN_MAX = 8;

interface Props {
  revisions: readonly TaskDefinition[];
  usage: UsageOfFamily;
  outcomes: ReadonlyMap<string, Told>;
}

export function RevisionResults({ revisions, usage, outcomes }: Props) {
  const rank = ({ taskDefinitionArn = '' }: TaskDefinition) => {
    if (outcomes.get(taskDefinitionArn)?.failure) return 0;
    return usage.byRevision.has(taskDefinitionArn) ? 1 : 2;
  };
  const sorted = [...revisions].sort((a, b) => rank(a) - rank(b));
  const telling = sorted.filter((one) => rank(one) < 2).length;
  const shown = Math.min(SHOWN_MAX, telling + UNUSED_SHOWN_MAX);
  const omitted = sorted.length - shown;
  return (
    <Table
      variant="embedded"
      items={sorted.slice(0, shown)}
      trackBy="taskDefinitionArn"
      wrapLines
      enableKeyboardNavigation={false}
      ariaLabels={{ tableLabel: 'Revisions' }}
      columnDefinitions={[
        {
          id: 'revision',
          header: 'Revision',
          isRowHeader: true,
          width: 180,
          cell: (one) => shortName(one),
        },
        {
          id: 'usage',
          header: 'Used by',
          cell: ({ taskDefinitionArn = '' }) => <UsedBy arn={taskDefinitionArn} usage={usage} />,
        },
        ...(outcomes.size ? [resultColumn(outcomes)] : []),
      ]}
      footer={
        omitted > 0 && (
          <Box>
            and {omitted} more{telling <= shown && ', which nobody uses'}
          </Box>
        )
      }
    />
  );
}

function UsedBy({ arn, usage }: { arn: string; usage: UsageOfFamily }) {
  const known = usage.byRevision.get(arn);
  if (usage.isLoading) {
    return <StatusIndicator type="loading">Looking in all clusters</StatusIndicator>;
  }
  if (!known && usage.failure) return <>Not known</>;
  return <UsageLinks usage={known ?? UNUSED} />;
}

function resultColumn(outcomes: Props['outcomes']) {
  return {
    id: 'result',
    header: 'Result',
    width: 300,
    cell: ({ taskDefinitionArn = '' }: TaskDefinition) => (
      <Result told={outcomes.get(taskDefinitionArn)} />
    ),
  };
}

function Result({ told }: { told: Told | undefined }) {
  if (!told) return <Box color="text-status-inactive">–</Box>;
  if (!told.failure) return <Sign type="success">Done</Sign>;
  return (
    <>
      <Sign type="error">Failed</Sign>
      <FailureText failure={told.failure} />
    </>
  );
}
