/** Whether a container is healthy: the check of the definition, not that of the image. */
import ColumnLayout from '@cloudscape-design/components/column-layout';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { isObject } from '../document';
import { useField } from './DraftContext';
import type { Path } from './draft';
import { NumberField, WordsField } from './fields';

export function HealthCheckFields({ path }: { path: Path }) {
  const { value, set } = useField(path);
  const isGiven = isObject(value);
  return (
    <SpaceBetween size="s">
      <FormField label="Health check">
        <Toggle
          checked={isGiven}
          description="The HEALTHCHECK of the image does not count."
          onChange={({ detail }) =>
            set(detail.checked ? { command: ['CMD-SHELL', ''] } : undefined)
          }
        >
          Check its health
        </Toggle>
      </FormField>
      {isGiven && (
        <>
          <WordsField
            path={`${path}.command`}
            label="Command"
            description="CMD-SHELL and one quoted line for the shell, or CMD and the words of a command. Exit status 0 is healthy."
            placeholder="CMD-SHELL 'wget -q -O - http://localhost/ || exit 1'"
          />
          <ColumnLayout columns={4}>
            <NumberField
              path={`${path}.interval`}
              label="Interval"
              constraint="5–300 s"
              placeholder="30"
            />
            <NumberField
              path={`${path}.timeout`}
              label="Timeout"
              constraint="2–60 s"
              placeholder="5"
            />
            <NumberField
              path={`${path}.retries`}
              label="Retries"
              constraint="1–10"
              placeholder="3"
            />
            <NumberField
              path={`${path}.startPeriod`}
              label="Start period"
              constraint="0–300 s"
              placeholder="0"
            />
          </ColumnLayout>
        </>
      )}
    </SpaceBetween>
  );
}
