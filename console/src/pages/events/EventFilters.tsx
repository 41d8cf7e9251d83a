/** What one sets the filter of events with. */
import Input from '@cloudscape-design/components/input';
import Multiselect from '@cloudscape-design/components/multiselect';
import Select from '@cloudscape-design/components/select';
import { EVENT_TYPES, type EventFilter, PERIODS, periodOf } from '../../widgets/events/eventFilter';
import '../../widgets/events/events.css';

type Set = (value: string) => void;

interface Props {
  filter: EventFilter;
  /** What is typed, before the server is asked for it. */
  typed: { readonly service: string; readonly task: string };
  set: { readonly types: Set; readonly period: Set; readonly service: Set; readonly task: Set };
  /** Names to choose from; none where the cluster is given. */
  clusters?: { readonly names: readonly string[]; readonly set: Set };
}

export function EventFilters({ filter, typed, set, clusters }: Props) {
  return (
    <div className="event-filters">
      <Select
        ariaLabel="How far back"
        options={PERIODS}
        selectedOption={periodOf(filter)}
        onChange={({ detail }) => set.period(detail.selectedOption.value ?? '')}
      />
      <Multiselect
        ariaLabel="Types"
        placeholder={typesWords(filter.types)}
        hideTokens
        options={EVENT_TYPES}
        selectedOptions={EVENT_TYPES.filter(({ value }) => filter.types.includes(value))}
        onChange={({ detail }) =>
          set.types(detail.selectedOptions.map(({ value }) => value).join(','))
        }
      />
      {clusters && <ClusterSelect {...clusters} chosen={filter.cluster} />}
      <Input
        ariaLabel="Service"
        placeholder="Service, by name"
        value={typed.service}
        onChange={({ detail }) => set.service(detail.value.trim())}
      />
      <Input
        ariaLabel="Task"
        placeholder="Task, by id"
        value={typed.task}
        onChange={({ detail }) => set.task(detail.value.trim())}
      />
    </div>
  );
}

function typesWords(types: readonly string[]): string {
  if (!types.length) return 'All types';
  return types
    .map((type) => EVENT_TYPES.find(({ value }) => value === type)?.label ?? type)
    .join(', ');
}

interface ClusterProps {
  names: readonly string[];
  chosen: string;
  set: Set;
}

const ALL = { value: '', label: 'All clusters' };

function ClusterSelect({ names, chosen, set }: ClusterProps) {
  const named = { value: chosen, label: chosen };
  const options = [ALL, ...names.map((name) => ({ value: name, label: name }))];
  return (
    <Select
      ariaLabel="Cluster"
      options={options}
      selectedOption={chosen ? named : ALL}
      onChange={({ detail }) => set(detail.selectedOption.value ?? '')}
    />
  );
}
