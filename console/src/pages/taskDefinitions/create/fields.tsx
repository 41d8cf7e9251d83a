/** Fields of the form, each for one member of the document. */
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import Select from '@cloudscape-design/components/select';
import Textarea from '@cloudscape-design/components/textarea';
import Toggle from '@cloudscape-design/components/toggle';
import { type ReactNode, useState } from 'react';
import { shellLine, shellWords } from '../../../widgets/shellWords';
import { textOf, wordsIn } from '../document';
import { useField } from './DraftContext';
import { numberOrText, type Path } from './draft';

interface Props {
  path: Path;
  label: string;
  description?: ReactNode;
  constraint?: ReactNode;
  placeholder?: string;
}

export function TextField({ path, label, description, constraint, placeholder }: Props) {
  const { value, problem, set, touch } = useField(path);
  return (
    <FormField
      label={label}
      description={description}
      constraintText={constraint}
      errorText={problem}
    >
      <Input
        value={textOf(value)}
        placeholder={placeholder}
        spellcheck={false}
        autoComplete={false}
        onChange={({ detail }) => set(detail.value || undefined)}
        onBlur={touch}
      />
    </FormField>
  );
}

export function NumberField({ path, label, description, constraint, placeholder }: Props) {
  const { value, problem, set, touch } = useField(path);
  return (
    <FormField
      label={label}
      description={description}
      constraintText={constraint}
      errorText={problem}
    >
      <Input
        value={textOf(value)}
        inputMode="numeric"
        placeholder={placeholder}
        autoComplete={false}
        onChange={({ detail }) => set(numberOrText(detail.value))}
        onBlur={touch}
      />
    </FormField>
  );
}

interface Choice {
  value: string;
  label?: string;
  description?: string;
}

/** Choosing the one without a value takes the member away. */
export function ChoiceField({
  path,
  label,
  description,
  choices,
}: Props & { choices: readonly Choice[] }) {
  const { value, problem, set, touch } = useField(path);
  const chosen = textOf(value);
  const option = choices.find((one) => one.value === chosen) ?? { value: chosen, label: chosen };
  return (
    <FormField label={label} description={description} errorText={problem}>
      <Select
        selectedOption={option}
        options={choices}
        onChange={({ detail }) => {
          set(detail.selectedOption.value || undefined);
          touch();
        }}
      />
    </FormField>
  );
}

export function ToggleField({ path, label, description, ifUnset }: Props & { ifUnset: boolean }) {
  const { value, set, problem } = useField(path);
  return (
    <FormField label={label} errorText={problem}>
      <Toggle
        checked={typeof value === 'boolean' ? value : ifUnset}
        description={description}
        onChange={({ detail }) => set(detail.checked)}
        ariaLabel={label}
      />
    </FormField>
  );
}

/** A list of words, typed as a line of a shell; below it stands what becomes of it. */
export function WordsField({ path, label, description, placeholder }: Props) {
  const { value, problem, set, touch } = useField(path);
  const words = wordsIn(value);
  const [line, setLine] = useState(() => shellLine(words));
  return (
    <FormField
      label={label}
      description={description}
      errorText={problem}
      constraintText={words.length > 0 && JSON.stringify(words)}
    >
      <Textarea
        value={line}
        rows={Math.min(8, Math.max(1, line.split('\n').length))}
        placeholder={placeholder}
        spellcheck={false}
        onChange={({ detail }) => {
          setLine(detail.value);
          const typed = shellWords(detail.value);
          set(typed.length ? typed : undefined);
        }}
        onBlur={touch}
      />
    </FormField>
  );
}
