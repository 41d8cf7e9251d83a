/** How much of something is taken, as a bar and in numbers. */
import ProgressBar from '@cloudscape-design/components/progress-bar';

interface Props {
  label: string;
  used: number;
  total: number;
  unit?: string;
}

export function ResourceBar({ label, used, total, unit = '' }: Props) {
  const words = unit ? ` ${unit}` : '';
  return (
    <ProgressBar
      label={label}
      value={total ? (100 * used) / total : 0}
      description={`${used} of ${total}${words} taken, ${total - used}${words} left`}
    />
  );
}
