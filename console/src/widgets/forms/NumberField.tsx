/** A number in a form, as it is typed. */
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';

interface Props {
  label: string;
  value: string;
  onChange: (value: string) => void;
  problem?: string;
  description?: string;
  isDisabled?: boolean;
}

export function NumberField({ label, value, onChange, problem, description, isDisabled }: Props) {
  return (
    <FormField label={label} description={description} errorText={problem}>
      <Input
        value={value}
        type="number"
        inputMode="decimal"
        disabled={isDisabled}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}
