/** What the service was told: network, placement, deployments, tags. */
import type { Service } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import KeyValuePairs from '@cloudscape-design/components/key-value-pairs';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { ArnLink } from '../../widgets/ArnLink';
import { When } from '../../widgets/When';
import {
  constraintText,
  deploymentItems,
  listed,
  providerText,
  strategyText,
} from './configurationWords';

export function ConfigurationTab({ service }: { service: Service }) {
  const network = service.networkConfiguration?.awsvpcConfiguration;
  return (
    <SpaceBetween size="l">
      <Section
        title="Service"
        items={[
          { label: 'ARN', value: service.serviceArn ?? '–' },
          { label: 'Task definition', value: <ArnLink arn={service.taskDefinition} /> },
          { label: 'Scheduling strategy', value: service.schedulingStrategy ?? '–' },
          { label: 'Deployment controller', value: service.deploymentController?.type ?? 'ECS' },
          {
            label: 'Launch type or capacity providers',
            value: service.launchType ?? listed(service.capacityProviderStrategy, providerText),
          },
          {
            label: 'Health check grace period',
            value: `${service.healthCheckGracePeriodSeconds ?? 0} s`,
          },
          { label: 'Propagate tags', value: service.propagateTags ?? 'NONE' },
          { label: 'Created', value: <When at={service.createdAt} /> },
          { label: 'Created by', value: service.createdBy ?? '–' },
        ]}
      />
      <Section title="Deployments" items={deploymentItems(service.deploymentConfiguration)} />
      <Section
        title="Placement"
        items={[
          { label: 'Strategy', value: listed(service.placementStrategy, strategyText) },
          { label: 'Constraints', value: listed(service.placementConstraints, constraintText) },
          {
            label: 'Availability Zone rebalancing',
            value: service.availabilityZoneRebalancing ?? '–',
          },
        ]}
      />
      <Section
        title="Network"
        items={
          network
            ? [
                { label: 'Subnets', value: listed(network.subnets, String) },
                { label: 'Security groups', value: listed(network.securityGroups, String) },
                { label: 'Public IP', value: network.assignPublicIp ?? 'DISABLED' },
              ]
            : [{ label: 'Network', value: "That of the tasks' container instances" }]
        }
      />
      <Section
        title="Service discovery"
        items={[
          {
            label: 'Service registries',
            value: listed(service.serviceRegistries, ({ registryArn }) => registryArn ?? '–'),
          },
        ]}
      />
      <Section
        title="Tags"
        items={
          service.tags?.length
            ? service.tags.map(({ key, value }) => ({ label: key ?? '', value: value || '–' }))
            : [{ label: 'Tags', value: 'none' }]
        }
      />
    </SpaceBetween>
  );
}

interface SectionProps {
  title: string;
  items: readonly { label: string; value: React.ReactNode }[];
}

function Section({ title, items }: SectionProps) {
  return (
    <Container header={<Header variant="h2">{title}</Header>}>
      <KeyValuePairs columns={3} items={items} />
    </Container>
  );
}
