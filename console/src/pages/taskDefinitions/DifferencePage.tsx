/** What is different between two revisions of a family. */
import SegmentedControl from '@cloudscape-design/components/segmented-control';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { paths } from '../../app/paths';
import { AppLink } from '../../widgets/AppLink';
import { EmptyState } from '../../widgets/EmptyState';
import { FailureAlert } from '../../widgets/FailureAlert';
import { PageFrame } from '../../widgets/PageFrame';
import { ChangeTable } from './difference/ChangeTable';
import { changesBetween } from './difference/changes';
import { maskedPair } from './difference/maskedChanges';
import { type Pair, pairOf } from './difference/pair';
import { RevisionChoice } from './difference/RevisionChoice';
import { UnifiedView } from './difference/UnifiedView';
import { type JsonObject, registrable } from './document';
import { useRevision } from './queries';
import { useRevisions } from './revisions';
import { hasSecrets } from './secrets';
import { revisionNumber } from './summary';
import './taskDefinitions.css';
import '../../widgets/verbatim.css';

export default function DifferencePage() {
  const { family = '' } = useParams();
  const [search, setSearch] = useSearchParams();
  const { items, isLoading, failure } = useRevisions(family);
  const pair = pairOf(search, items.map(revisionNumber));
  return (
    <PageFrame
      title={
        pair
          ? `Difference of ${family}:${pair.from} and ${family}:${pair.to}`
          : `Difference of two revisions of ${family}`
      }
      above={[
        { text: 'Task definitions', to: paths.families() },
        { text: family, to: paths.family(family) },
      ]}
    >
      {pair && (
        <RevisionChoice
          revisions={items}
          {...pair}
          onChoose={(one, other) =>
            setSearch((before) => {
              before.set('from', String(one));
              before.set('to', String(other));
              return before;
            })
          }
        />
      )}
      {pair && <Sides family={family} {...pair} />}
      {!pair && failure && (
        <FailureAlert failure={failure} title="The revisions could not be listed" />
      )}
      {!pair && !failure && isLoading && <Spinner size="large" />}
      {!pair && !failure && !isLoading && <NothingToCompare family={family} count={items.length} />}
    </PageFrame>
  );
}

function NothingToCompare({ family, count }: { family: string; count: number }) {
  return count ? (
    <EmptyState title={`${family} has one revision only`}>
      <AppLink to={paths.family(family)}>Create another one</AppLink>, and what is different is
      shown here.
    </EmptyState>
  ) : (
    <EmptyState title={`There is no task definition ${family}`}>
      <AppLink to={paths.families()}>See which families there are</AppLink>
    </EmptyState>
  );
}

function Sides({ family, from, to }: { family: string } & Pair) {
  const sides = [useSide(family, from), useSide(family, to)] as const;
  const [first, second] = sides;
  const failed = sides.find(({ error }) => error);
  if (failed?.error) {
    return (
      <FailureAlert
        failure={failed.error}
        title="A revision cannot be read"
        onRetry={failed.retry}
      />
    );
  }
  if (!first.document || !second.document) return <Spinner size="large" />;
  return (
    <Difference
      from={first.document}
      to={second.document}
      names={[`${family}:${from}`, `${family}:${to}`]}
    />
  );
}

function useSide(family: string, revision: number) {
  const { data, error, refetch } = useRevision(`${family}:${revision}`);
  const isIt = data?.definition.revision === revision;
  return {
    document: data && isIt ? registrable(data.definition, data.tags) : undefined,
    error,
    retry: () => void refetch(),
  };
}

interface Props {
  from: JsonObject;
  to: JsonObject;
  names: readonly [string, string];
}

function Difference({ from, to, names }: Props) {
  const [search, setSearch] = useSearchParams();
  const [isOpen, open] = useState(false);
  const view = search.get('view') === 'json' ? 'json' : 'members';
  const [first, second] = isOpen ? [from, to] : maskedPair(from, to);
  return (
    <SpaceBetween size="l">
      <SpaceBetween direction="horizontal" size="l" alignItems="center">
        <SegmentedControl
          label="How the difference is shown"
          selectedId={view}
          options={[
            { id: 'members', text: 'By member' },
            { id: 'json', text: 'JSON' },
          ]}
          onChange={({ detail }) =>
            setSearch((before) => {
              before.set('view', detail.selectedId);
              return before;
            })
          }
        />
        {(hasSecrets(from) || hasSecrets(to)) && (
          <Toggle checked={isOpen} onChange={({ detail }) => open(detail.checked)}>
            Show secret values
          </Toggle>
        )}
      </SpaceBetween>
      {view === 'json' ? (
        <UnifiedView from={first} to={second} />
      ) : (
        <ChangeTable
          changes={changesBetween(from, to)}
          from={names[0]}
          to={names[1]}
          isOpen={isOpen}
        />
      )}
    </SpaceBetween>
  );
}
