/** Rolls a service over to the revision: which one, and what that does. */
import type { Service } from '@aws-sdk/client-ecs';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { paths } from '../../../app/paths';
import { clusterOf, nameOf } from '../../../aws/arns';
import * as ecs from '../../../aws/ecs';
import { AppLink } from '../../../widgets/AppLink';
import { ConfirmDialog } from '../../../widgets/ConfirmDialog';
import { useAllServices } from '../useUsage';

interface Props {
  /** The revision: `web:3`. */
  name: string;
  onDismiss: () => void;
}

export function UpdateServiceDialog({ name, onDismiss }: Props) {
  const { items, isLoading } = useAllServices();
  const [chosen, choose] = useState<string>();
  const navigate = useNavigate();
  const services = items.filter(({ status }) => status === 'ACTIVE').sort(sameFamilyFirst(name));
  const service = services.find(({ serviceArn }) => serviceArn === chosen) ?? services[0];
  const cluster = clusterOf(service?.serviceArn);
  const serviceName = service?.serviceName ?? '';
  return (
    <ConfirmDialog
      title={`Update service: ${name}`}
      call={ecs.updateService({ cluster, service: serviceName, taskDefinition: name })}
      confirm="Update"
      done={`Service ${serviceName} is being updated to ${name}`}
      isBlocked={!service}
      onDone={() => void navigate(paths.service(cluster, serviceName))}
      onDismiss={onDismiss}
    >
      {!isLoading && !services.length ? (
        <Box>There is no ACTIVE service that could be updated.</Box>
      ) : (
        <FormField label="Service" description="Services of this family come first.">
          <Select
            selectedOption={service ? optionOf(service) : null}
            options={services.map(optionOf)}
            filteringType="auto"
            filteringAriaLabel="Find services"
            placeholder="Choose a service"
            statusType={isLoading ? 'loading' : 'finished'}
            loadingText="Loading services"
            onChange={({ detail }) => choose(detail.selectedOption.value)}
          />
        </FormField>
      )}
      {service && (
        <Box>
          A new deployment starts tasks of <b>{name}</b> and stops those of{' '}
          <b>{nameOf(service.taskDefinition)}</b> as the service's deployment configuration allows.{' '}
          <AppLink to={paths.updateService(cluster, serviceName)}>Change more of it</AppLink>
        </Box>
      )}
    </ConfirmDialog>
  );
}

function optionOf({ serviceArn = '', serviceName, taskDefinition }: Service) {
  return {
    value: serviceArn,
    label: serviceName ?? nameOf(serviceArn),
    description: `Cluster ${clusterOf(serviceArn)}, now ${nameOf(taskDefinition)}`,
  };
}

function sameFamilyFirst(name: string) {
  const family = name.split(':')[0];
  const rank = ({ taskDefinition }: Service) =>
    Number(nameOf(taskDefinition).split(':')[0] !== family);
  return (a: Service, b: Service) =>
    rank(a) - rank(b) || (a.serviceName ?? '').localeCompare(b.serviceName ?? '');
}
