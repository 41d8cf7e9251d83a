/** Chooses where awsvpc tasks have their interfaces: VPC, subnets, security groups, public address. */
import Alert from '@cloudscape-design/components/alert';
import FormField from '@cloudscape-design/components/form-field';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState } from 'react';
import { FailureAlert } from '../FailureAlert';
import {
  type Choice,
  groupChoice,
  type Network,
  subnetChoice,
  vpcChoice,
  vpcOf,
} from './networkChoices';
import { type Networks, useNetworks } from './queries';

interface Props {
  /** The task definition's: only awsvpc tasks have a network configuration. */
  networkMode: string | undefined;
  value: Network;
  onChange: (value: Network) => void;
  problem?: string;
}

export function NetworkFields({ networkMode, ...rest }: Props) {
  const networks = useNetworks();
  if (networkMode !== 'awsvpc') {
    return (
      <Alert type="info">
        Tasks of network mode {networkMode ?? 'bridge'} use their container instance's network:
        there is nothing to choose. Only awsvpc tasks have an interface of their own.
      </Alert>
    );
  }
  if (networks.data) return <Chosen {...rest} networks={networks.data} />;
  if (!networks.error) return <Spinner />;
  return (
    <FailureAlert
      failure={networks.error}
      title="Networks could not be loaded"
      onRetry={() => void networks.refetch()}
    />
  );
}

function Chosen(props: Omit<Props, 'networkMode'> & { networks: Networks }) {
  const { value, onChange, problem, networks } = props;
  const [asked, setAsked] = useState<string>();
  const vpc = value.subnets?.length ? vpcOf(value, networks) : (asked ?? vpcOf(value, networks));
  const vpcs = networks.vpcs.map(vpcChoice);
  const subnets = networks.subnets.filter(({ VpcId }) => VpcId === vpc).map(subnetChoice);
  const groups = networks.securityGroups.filter(({ VpcId }) => VpcId === vpc).map(groupChoice);
  return (
    <SpaceBetween size="m">
      <FormField label="VPC">
        <Select
          selectedOption={vpcs.find((one) => one.value === vpc) ?? null}
          options={vpcs}
          onChange={({ detail }) => {
            setAsked(detail.selectedOption.value);
            onChange({ ...value, subnets: [], securityGroups: [] });
          }}
          empty="There is no VPC."
        />
      </FormField>
      <FormField
        label="Subnets"
        description="1 to 16. Tasks get an address in one of them, in the zone of their instance."
        errorText={problem}
      >
        <Multiselect
          selectedOptions={chosen(subnets, value.subnets)}
          options={subnets}
          onChange={({ detail }) => onChange({ ...value, subnets: ids(detail.selectedOptions) })}
          placeholder="Choose subnets"
          empty="This VPC has no subnets."
          filteringType="auto"
          deselectAriaLabel={({ label }) => `Remove ${label}`}
        />
      </FormField>
      <FormField
        label="Security groups"
        description="Up to 5. With none, the default security group of the VPC is used."
      >
        <Multiselect
          selectedOptions={chosen(groups, value.securityGroups)}
          options={groups}
          onChange={({ detail }) =>
            onChange({ ...value, securityGroups: ids(detail.selectedOptions) })
          }
          placeholder="The VPC's default security group"
          empty="This VPC has no security groups."
          filteringType="auto"
          deselectAriaLabel={({ label }) => `Remove ${label}`}
        />
      </FormField>
      <PublicAddress value={value} onChange={onChange} />
    </SpaceBetween>
  );
}

const PUBLIC: readonly Choice[] = [
  { value: 'DISABLED', label: 'Turned off' },
  { value: 'ENABLED', label: 'Turned on', description: 'Only Fargate takes it' },
];

function PublicAddress({ value, onChange }: Pick<Props, 'value' | 'onChange'>) {
  const isOn = value.assignPublicIp === 'ENABLED';
  return (
    <FormField
      label="Public IP"
      description="Tasks on container instances are reached through a load balancer, or on their private address."
      errorText={isOn ? 'Assign public IP is not supported for this launch type.' : undefined}
    >
      <Select
        selectedOption={
          PUBLIC.find((one) => one.value === value.assignPublicIp) ?? PUBLIC[0] ?? null
        }
        options={PUBLIC}
        onChange={({ detail }) =>
          onChange({
            ...value,
            assignPublicIp: detail.selectedOption.value === 'ENABLED' ? 'ENABLED' : undefined,
          })
        }
      />
    </FormField>
  );
}

/** The choices of these ids; one that is not known any more is shown by its id. */
function chosen(choices: readonly Choice[], wanted: readonly string[] | undefined): Choice[] {
  return (wanted ?? []).map(
    (id) => choices.find(({ value }) => value === id) ?? { value: id, label: id },
  );
}

function ids(options: readonly { value?: string }[]): string[] {
  return options.flatMap(({ value }) => value ?? []);
}
