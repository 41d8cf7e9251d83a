/** Volumes: of the task alone, a directory of the instance, or what the JSON says. */
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { ListField } from './ListField';

export function VolumeFields() {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="Without a host path, a volume is the task's alone and goes with it. Other kinds are written as JSON."
        >
          Volumes
        </Header>
      }
    >
      <ListField
        path="volumes"
        title="Volumes"
        noun="volume"
        empty="No volumes."
        blank={{}}
        columns={[
          { member: 'name', label: 'Name', placeholder: 'data' },
          { member: 'host.sourcePath', label: 'Host path – optional', placeholder: '/srv/data' },
        ]}
      />
    </Container>
  );
}
