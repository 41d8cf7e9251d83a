/** The filter of events as the address has it, and what it is set with. */
import { type ReactNode, useMemo } from 'react';
import { type EventFilter, FIRST_PERIOD } from '../../widgets/events/eventFilter';
import { useAddressText, useAddressValue } from '../../widgets/useAddressValue';
import { EventFilters } from './EventFilters';

/** `within`: the cluster, where it is given; else it is chosen from `clusters`. */
export function useEventFilter(
  within: string,
  clusters?: readonly string[],
): { filter: EventFilter; filters: ReactNode } {
  const [types, setTypes] = useAddressValue('type');
  const [period, setPeriod] = useAddressValue('since', FIRST_PERIOD);
  const [cluster, setCluster] = useAddressValue('cluster');
  const [service] = useAddressValue('service');
  const [task] = useAddressValue('task');
  const [typedService, setService] = useAddressText('service');
  const [typedTask, setTask] = useAddressText('task');
  const filter = useMemo(
    () => ({
      cluster: within || cluster,
      service,
      task,
      types: types.split(',').filter(Boolean),
      period,
    }),
    [within, cluster, service, task, types, period],
  );
  const filters = useMemo(
    () => (
      <EventFilters
        filter={filter}
        typed={{ service: typedService, task: typedTask }}
        set={{ types: setTypes, period: setPeriod, service: setService, task: setTask }}
        clusters={clusters && { names: clusters, set: setCluster }}
      />
    ),
    [
      filter,
      typedService,
      typedTask,
      setTypes,
      setPeriod,
      setService,
      setTask,
      clusters,
      setCluster,
    ],
  );
  return { filter, filters };
}
