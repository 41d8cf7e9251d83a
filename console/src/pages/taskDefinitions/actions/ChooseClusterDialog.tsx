/** Where to run it: goes straight on when there is one cluster only. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import FormField from '@cloudscape-design/components/form-field';
import Modal from '@cloudscape-design/components/modal';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router';
import { paths } from '../../../app/paths';
import { AppLink } from '../../../widgets/AppLink';
import { FailureAlert } from '../../../widgets/FailureAlert';
import { useClusterNames } from '../queries';

/** So many are no longer found at a glance. */
const FILTERED_FROM = 10;

interface Props {
  title: string;
  pathIn: (cluster: string) => string;
  onDismiss: () => void;
}

export function ChooseClusterDialog({ title, pathIn, onDismiss }: Props) {
  const { data: clusters, error, isPending } = useClusterNames();
  const [chosen, choose] = useState<string>();
  const navigate = useNavigate();
  const only = clusters?.length === 1 ? clusters[0] : undefined;
  const path = only === undefined ? undefined : pathIn(only);
  useEffect(() => {
    if (path) void navigate(path);
  }, [path, navigate]);
  if (path) return null;
  const cluster = chosen ?? clusters?.[0];
  return (
    <Modal
      visible
      header={title}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={cluster === undefined}
              onClick={() => cluster !== undefined && void navigate(pathIn(cluster))}
            >
              Next
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {error && <FailureAlert failure={error} title="Clusters could not be listed" />}
        {clusters?.length === 0 ? (
          <Box>
            There is no cluster yet. <AppLink to={paths.clusters()}>Create one</AppLink> first.
          </Box>
        ) : (
          <FormField label="Cluster">
            <Select
              selectedOption={cluster === undefined ? null : { value: cluster, label: cluster }}
              options={(clusters ?? []).map((value) => ({ value, label: value }))}
              statusType={isPending ? 'loading' : 'finished'}
              filteringType={(clusters?.length ?? 0) > FILTERED_FROM ? 'auto' : 'none'}
              loadingText="Loading clusters"
              onChange={({ detail }) => choose(detail.selectedOption.value)}
            />
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}
