import type { ContainerInstance } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import { Sign, type SignType } from '../../widgets/Sign';
import { When } from '../../widgets/When';

const SIGNS: Record<string, SignType> = {
  OK: 'success',
  IMPAIRED: 'error',
  INSUFFICIENT_DATA: 'pending',
  INITIALIZING: 'in-progress',
};

export function InstanceHealth({ instance }: { instance: ContainerInstance }) {
  const { overallStatus, details = [] } = instance.healthStatus ?? {};
  if (!overallStatus) return null;
  return (
    <Container header={<Header variant="h2">Health</Header>}>
      <KeyValuePairs
        columns={4}
        items={[
          { label: 'Overall', value: <Health status={overallStatus} /> },
          ...details.map(({ type, status, lastUpdated }) => ({
            label: type ?? '–',
            value: (
              <>
                <Health status={status} /> checked <When at={lastUpdated} />
              </>
            ),
          })),
        ]}
      />
    </Container>
  );
}

function Health({ status }: { status: string | undefined }) {
  return <Sign type={SIGNS[status ?? ''] ?? 'info'}>{status ?? '–'}</Sign>;
}
