/** A word to be typed before what cannot be taken back. */
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';

interface Props {
  word: string;
  value: string;
  onChange: (value: string) => void;
  onEnter: () => void;
  hasFocus?: boolean;
}

export function WordField({ word, value, onChange, onEnter, hasFocus = true }: Props) {
  return (
    <FormField label={`To confirm, type ${word}`}>
      <Input
        value={value}
        onChange={({ detail }) => onChange(detail.value)}
        onKeyDown={({ detail }) => detail.key === 'Enter' && onEnter()}
        placeholder={word}
        autoFocus={hasFocus}
      />
    </FormField>
  );
}
