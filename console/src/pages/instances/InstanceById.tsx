/** Opens an instance that lists leave out: ECS tells of INACTIVE ones only by id or ARN. */
import Button from '@cloudscape-design/components/button';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { paths } from '../../app/paths';
import { nameOf } from '../../aws/arns';

export function InstanceById({ cluster }: { cluster: string }) {
  const [typed, setTyped] = useState('');
  const navigate = useNavigate();
  const id = nameOf(typed.trim());
  const open = () => {
    if (id) void navigate(paths.instance(cluster, id));
  };
  return (
    <ExpandableSection headerText="Look for an INACTIVE instance">
      <FormField
        label="Container instance ID or ARN"
        description="A deregistered instance is not listed. ECS tells of it for one hour, to who asks for it by its id."
        secondaryControl={
          <Button disabled={!id} onClick={open}>
            Open
          </Button>
        }
      >
        <Input
          value={typed}
          onChange={({ detail }) => setTyped(detail.value)}
          onKeyDown={({ detail }) => detail.key === 'Enter' && open()}
          placeholder="0da98ec0672921a9a2dc7647de3bd057"
        />
      </FormField>
    </ExpandableSection>
  );
}
