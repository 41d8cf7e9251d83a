/** Tags: keys and values that one attaches to what is made. */
import type { Tag } from '@aws-sdk/client-ecs';
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Input from '@cloudscape-design/components/input';
import { keyProblem, TAGS_MAX, valueProblem } from './tagProblems';

interface Props {
  value: readonly Tag[];
  onChange: (value: readonly Tag[]) => void;
}

export function TagsField({ value, onChange }: Props) {
  const change = (index: number, one: Tag) =>
    onChange(value.map((before, at) => (at === index ? one : before)));
  return (
    <AttributeEditor<Tag>
      items={value}
      addButtonText="Add tag"
      removeButtonText="Remove"
      removeButtonAriaLabel={({ key }) => `Remove tag ${key ?? ''}`}
      disableAddButton={value.length >= TAGS_MAX}
      empty="No tags."
      additionalInfo={`You can add up to ${TAGS_MAX - value.length} more tags.`}
      onAddButtonClick={() => onChange([...value, { key: '', value: '' }])}
      onRemoveButtonClick={({ detail }) =>
        onChange(value.filter((_, at) => at !== detail.itemIndex))
      }
      definition={[
        {
          label: 'Key',
          errorText: ({ key }) => keyProblem(key, value),
          control: (tag, index) => (
            <Input
              value={tag.key ?? ''}
              onChange={({ detail }) => change(index, { ...tag, key: detail.value })}
              placeholder="stack"
            />
          ),
        },
        {
          label: 'Value – optional',
          errorText: (tag) => valueProblem(tag.value),
          control: (tag, index) => (
            <Input
              value={tag.value ?? ''}
              onChange={({ detail }) => change(index, { ...tag, value: detail.value })}
              placeholder="prod"
            />
          ),
        },
      ]}
    />
  );
}
