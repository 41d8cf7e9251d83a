/** The document as a form. Members that it has no field for stay as they are. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { objectsIn } from '../document';
import { ContainerFields } from './ContainerFields';
import { useDraft, useField } from './DraftContext';
import { withoutField } from './formMembers';
import { ListField } from './ListField';
import { TaskFields } from './TaskFields';
import { VolumeFields } from './VolumeFields';

export function CreateForm() {
  const { document } = useDraft();
  const { value, set, problem } = useField('containerDefinitions');
  const containers = objectsIn(value);
  const more = withoutField(document);
  return (
    <SpaceBetween size="l">
      {more.length > 0 && (
        <Alert type="info" header="More than this form shows">
          {more.join(', ')} {more.length === 1 ? 'stays' : 'stay'} as in the JSON.
        </Alert>
      )}
      <TaskFields />
      {problem ? <Alert type="error">{problem}</Alert> : null}
      {containers.map((_, at) => (
        <ContainerFields
          // biome-ignore lint/suspicious/noArrayIndexKey: a container that is being named has nothing else
          key={`${containers.length}.${at}`}
          path={`containerDefinitions.${at}`}
          number={at + 1}
          onRemove={
            containers.length > 1
              ? () => set(containers.filter((__, index) => index !== at))
              : undefined
          }
        />
      ))}
      <Button
        iconName="add-plus"
        onClick={() => set([...containers, { name: '', image: '', essential: true }])}
      >
        Add container
      </Button>
      <VolumeFields />
      <Container header={<Header variant="h2">Placement and tags</Header>}>
        <SpaceBetween size="l">
          <ListField
            path="placementConstraints"
            title="Placement constraints"
            noun="placement constraint"
            empty="Any instance that has room will do."
            blank={{ type: 'memberOf' }}
            columns={[
              {
                member: 'expression',
                label: 'Expression, of type memberOf',
                placeholder: 'attribute:ecs.availability-zone == us-east-1a',
              },
            ]}
          />
          <ListField
            path="tags"
            title="Tags"
            noun="tag"
            empty="No tags. The next revision does not inherit them."
            blank={{ key: '', value: '' }}
            columns={[
              { member: 'key', label: 'Key', keepsEmpty: true },
              { member: 'value', label: 'Value', keepsEmpty: true },
            ]}
          />
        </SpaceBetween>
      </Container>
    </SpaceBetween>
  );
}
