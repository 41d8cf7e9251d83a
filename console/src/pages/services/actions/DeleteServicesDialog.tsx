/** Deletes services: with a typed word when tasks would stop, and the plan of it. */
import type { Service } from '@aws-sdk/client-ecs';
import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Failure } from '../../../aws/failures';
import { ActionDialog } from '../../../widgets/ActionDialog';
import { FailureText } from '../../../widgets/FailureAlert';
import { PlanView } from '../../../widgets/plan/PlanView';
import { Sign } from '../../../widgets/Sign';
import { WordField } from '../../../widgets/WordField';
import { counted } from '../deploymentState';
import { countsText } from '../rollout';
import { deletion, hasTasks, useDeletions } from './deletions';

interface Props {
  cluster: string;
  services: readonly Service[];
  onDismiss: () => void;
  onDone?: () => void;
}

const WORD = 'delete';

export function DeleteServicesDialog({ cluster, services: given, onDismiss, onDone }: Props) {
  // Services that are gone leave the list behind this dialog, and stay in it.
  const [services] = useState(given);
  const [typed, setTyped] = useState('');
  const { failures, isSending, send } = useDeletions(cluster);
  const left = failures
    ? services.filter(({ serviceName = '' }) => failures.has(serviceName))
    : services;
  const word = services.some(hasTasks) ? WORD : '';
  const isReady = !word || typed.trim() === word;
  const only = services.length === 1 ? services[0] : undefined;
  const act = async () => {
    if (!(await send(left))) return;
    onDone?.();
    onDismiss();
  };
  return (
    <ActionDialog
      title={only ? `Delete ${only.serviceName}` : `Delete ${counted(services.length, 'service')}`}
      size={only ? 'large' : 'medium'}
      call={left.map((one) => deletion(cluster, one))}
      confirm="Delete"
      isReady={isReady}
      isBlocked={!left.length}
      isSending={isSending}
      onConfirm={act}
      onDismiss={onDismiss}
    >
      <Services services={services} failures={failures} />
      <div>
        Tasks are stopped as at any scale-in: deregistered, drained, then stopped. Load balancers,
        target groups and task definitions stay. This cannot be taken back.
      </div>
      {only && <PlanView operation="DeleteService" request={deletion(cluster, only).input} />}
      {word && (
        <WordField
          word={word}
          value={typed}
          onChange={setTyped}
          onEnter={() => isReady && void act()}
        />
      )}
    </ActionDialog>
  );
}

interface ServicesProps {
  services: readonly Service[];
  failures: ReadonlyMap<string, Failure> | undefined;
}

function Services({ services, failures }: ServicesProps) {
  return (
    <SpaceBetween size="xs">
      {services.map((service) => {
        const { serviceName = '' } = service;
        const failure = failures?.get(serviceName);
        if (failure) {
          return (
            <Alert key={serviceName} type="error" header={`${serviceName} was not deleted`}>
              <FailureText failure={failure} />
            </Alert>
          );
        }
        return (
          <div key={serviceName}>
            <b>{serviceName}</b>{' '}
            {failures ? <Sign type="success">deleted</Sign> : countsText(service)}
          </div>
        );
      })}
    </SpaceBetween>
  );
}
