/** Deleting services one after the other; what fails of them is told for each. */
import type { Service } from '@aws-sdk/client-ecs';
import { useState } from 'react';
import { useNotifications } from '../../../app/notifications';
import * as ecs from '../../../aws/ecs';
import { type Failure, failureOf } from '../../../aws/failures';
import { announce } from '../../../live/changes';
import { counted } from '../deploymentState';

export function hasTasks(service: Service): boolean {
  const { desiredCount = 0, runningCount = 0, pendingCount = 0 } = service;
  return desiredCount + runningCount + pendingCount > 0 || Boolean(service.taskSets?.length);
}

/** `force` is what lets a service go that wants tasks; a DAEMON service needs none. */
export function deletion(cluster: string, service: Service) {
  const input = { cluster, service: service.serviceName ?? '' };
  const isForced = hasTasks(service) && service.schedulingStrategy !== 'DAEMON';
  const whole = isForced ? { ...input, force: true } : input;
  return { ...ecs.deleteService(whole), input: whole };
}

export function useDeletions(cluster: string) {
  const [failures, setFailures] = useState<ReadonlyMap<string, Failure>>();
  const [isSending, setSending] = useState(false);
  const { succeeded } = useNotifications();
  /** Whether all of them went well. */
  const send = async (services: readonly Service[]): Promise<boolean> => {
    setSending(true);
    const failed = new Map<string, Failure>();
    for (const service of services) {
      try {
        await deletion(cluster, service).send();
      } catch (error) {
        failed.set(service.serviceName ?? '', failureOf(error));
      }
    }
    setSending(false);
    setFailures(failed.size ? failed : undefined);
    announce(null);
    const [first] = services;
    const what = services.length === 1 ? first?.serviceName : counted(services.length, 'service');
    if (!failed.size) succeeded(`${what} is being deleted.`);
    return !failed.size;
  };
  return { failures, isSending, send };
}
