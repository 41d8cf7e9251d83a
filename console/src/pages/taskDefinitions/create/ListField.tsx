/** A list of small objects, a row each: ports, variables, mounts. */
import AttributeEditor from '@cloudscape-design/components/attribute-editor';
import Box from '@cloudscape-design/components/box';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import { useEffect, useState } from 'react';
import { looksSecret } from '../../../widgets/looksSecret';
import { type Json, type JsonObject, objectsIn, textOf } from '../document';
import { problemOf, useDraft, useField } from './DraftContext';
import { numberOrText, type Path } from './draft';

export interface ListColumn {
  readonly member: string;
  readonly label: string;
  readonly placeholder?: string;
  readonly isNumber?: boolean;
  /** What may be chosen; an empty one takes the member away. */
  readonly choices?: readonly string[];
  /** An empty text is a value, too. */
  readonly keepsEmpty?: boolean;
  /** The member that names the value: it says whether the value looks secret. */
  readonly namedBy?: string;
}

interface Props {
  path: Path;
  title: string;
  description?: string;
  /** What a row is: `port mapping`. */
  noun: string;
  empty: string;
  blank: JsonObject;
  columns: readonly ListColumn[];
}

export function ListField({ path, title, description, noun, empty, blank, columns }: Props) {
  const draft = useDraft();
  const { value, problem } = useField(path);
  const items = objectsIn(value);
  const change = (next: readonly Json[]) => draft.set(path, next.length ? [...next] : undefined);
  return (
    <FormField label={title} description={description} errorText={problem} stretch>
      <AttributeEditor
        items={items}
        addButtonText={`Add ${noun}`}
        removeButtonText="Remove"
        removeButtonAriaLabel={() => `Remove ${noun}`}
        empty={<Box color="text-body-secondary">{empty}</Box>}
        onAddButtonClick={() => change([...items, blank])}
        onRemoveButtonClick={({ detail }) =>
          change(items.filter((_, at) => at !== detail.itemIndex))
        }
        definition={columns.map((column) => ({
          label: column.label,
          control: (item: JsonObject, at: number) => (
            <Cell path={`${path}.${at}.${column.member}`} item={item} column={column} />
          ),
          errorText: (_: JsonObject, at: number) =>
            problemOf(draft, `${path}.${at}.${column.member}`),
        }))}
      />
    </FormField>
  );
}

function Cell({ path, item, column }: { path: Path; item: JsonObject; column: ListColumn }) {
  const { value, set, touch } = useField(path);
  const text = textOf(value);
  const { label, placeholder, choices, isNumber, keepsEmpty, namedBy } = column;
  const isSecret = useSecrecy(namedBy === undefined ? '' : textOf(item[namedBy]));
  if (choices) {
    return (
      <Select
        ariaLabel={label}
        selectedOption={{ value: text, label: text || '–' }}
        options={choices.map((one) => ({ value: one, label: one || '–' }))}
        onChange={({ detail }) => set(detail.selectedOption.value || undefined)}
      />
    );
  }
  const change = (typed: string) => {
    if (isNumber) set(numberOrText(typed));
    else set(typed || keepsEmpty ? typed : undefined);
  };
  // An input would take the line breaks out of a value.
  if (text.includes('\n')) {
    return (
      <Textarea
        ariaLabel={label}
        value={text}
        rows={3}
        onChange={({ detail }) => change(detail.value)}
        onBlur={touch}
      />
    );
  }
  return (
    <Input
      ariaLabel={label}
      value={text}
      type={isSecret ? 'password' : 'text'}
      inputMode={isNumber ? 'numeric' : undefined}
      placeholder={placeholder}
      spellcheck={false}
      autoComplete={false}
      onChange={({ detail }) => change(detail.value)}
      onBlur={touch}
    />
  );
}

const SETTLED_MS = 400;

/** Whether a name looks secret; not while it is being typed, so that the field does not flicker. */
function useSecrecy(name: string): boolean {
  const [isSecret, setSecret] = useState(looksSecret(name));
  useEffect(() => {
    const timer = setTimeout(() => setSecret(looksSecret(name)), SETTLED_MS);
    return () => clearTimeout(timer);
  }, [name]);
  return isSecret;
}
