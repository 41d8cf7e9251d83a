import type { TargetGroup } from '@aws-sdk/client-elastic-load-balancing-v2';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import Spinner from '@cloudscape-design/components/spinner';
import { useParams } from 'react-router';
import { paths } from '../../app/paths';
import { balancedNameOf, hasId } from '../../aws/arns';
import { describeTargetHealth } from '../../aws/elbv2';
import { useAttributes, useTargetGroups } from '../../live/balancing';
import { AppLink } from '../../widgets/AppLink';
import { AttributesTable } from '../../widgets/balancing/AttributesTable';
import { HealthCounts } from '../../widgets/balancing/HealthCounts';
import { TargetsTable } from '../../widgets/balancing/TargetsTable';
import { CopyCommand } from '../../widgets/CopyCommand';
import { EmptyState } from '../../widgets/EmptyState';
import { FailureAlert } from '../../widgets/FailureAlert';
import { PageFrame } from '../../widgets/PageFrame';

const ABOVE = [{ text: 'Target groups', to: paths.targetGroups() }];

export default function TargetGroupPage() {
  const { id = '' } = useParams();
  const { data, error, isPending, refetch } = useTargetGroups();
  const isThis = hasId(id);
  const group = data?.find(({ TargetGroupArn }) => isThis(TargetGroupArn));
  if (!group) {
    return (
      <PageFrame title="Target group" above={ABOVE}>
        {error && (
          <FailureAlert
            failure={error}
            title="It could not be loaded"
            onRetry={() => void refetch()}
          />
        )}
        {isPending && <Spinner size="large" />}
        {data && (
          <EmptyState title="There is no such target group">It may have been deleted.</EmptyState>
        )}
      </PageFrame>
    );
  }
  const arn = group.TargetGroupArn ?? '';
  return (
    <PageFrame
      title={`Target group : ${group.TargetGroupName}`}
      above={ABOVE}
      actions={<CopyCommand call={describeTargetHealth({ TargetGroupArn: arn })} />}
    >
      <Overview group={group} />
      <TargetsTable arn={arn} />
      <AttributesTable of="target-group" arn={arn} />
    </PageFrame>
  );
}

function Overview({ group }: { group: TargetGroup }) {
  const { data: attributes = {} } = useAttributes('target-group', group.TargetGroupArn);
  const balancers = group.LoadBalancerArns ?? [];
  return (
    <Container header={<Header variant="h2">Overview</Header>}>
      <KeyValuePairs
        columns={3}
        items={[
          { label: 'Targets', value: <HealthCounts arn={group.TargetGroupArn ?? ''} /> },
          { label: 'Protocol and port', value: `${group.Protocol ?? '–'}:${group.Port ?? '–'}` },
          { label: 'Target type', value: group.TargetType ?? '–' },
          {
            label: 'Load balancer',
            value: balancers.length
              ? balancers.map((arn) => (
                  <AppLink key={arn} to={paths.loadBalancer(arn)}>
                    {balancedNameOf(arn)}
                  </AppLink>
                ))
              : 'No listener leads here: targets stay unused.',
          },
          { label: 'Health check', value: checkInWords(group) },
          {
            label: 'Deregistration delay',
            value: delayInWords(attributes['deregistration_delay.timeout_seconds']),
          },
          { label: 'VPC', value: group.VpcId ?? '–' },
          { label: 'ARN', value: group.TargetGroupArn ?? '–' },
        ]}
      />
    </Container>
  );
}

function checkInWords(group: TargetGroup): string {
  if (group.HealthCheckEnabled === false) return 'off';
  const where =
    `${group.HealthCheckProtocol ?? group.Protocol} ${group.HealthCheckPath ?? ''}`.trim();
  return `${where} every ${group.HealthCheckIntervalSeconds} s; ${group.HealthyThresholdCount} passed make a target healthy, ${group.UnhealthyThresholdCount} failed unhealthy`;
}

function delayInWords(seconds: string | undefined): string {
  return seconds === undefined ? '–' : `connections drain for at most ${seconds} s`;
}
