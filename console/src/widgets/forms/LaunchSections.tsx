/** The sections of how and where tasks are started, in every form that starts some. */
import FormField from '@cloudscape-design/components/form-field';
import type { ReactNode } from 'react';
import { FormSection } from './FormSection';
import { NetworkFields } from './NetworkFields';
import type { Network } from './networkChoices';
import { PlacementFields } from './PlacementFields';
import type { PlacementRules } from './placementTemplates';

interface NetworkProps {
  /** The task definition's. */
  networkMode: string | undefined;
  value: Network;
  change: (part: { network: Network }) => void;
  problem?: string;
}

export function NetworkSection({ networkMode, value, change, problem }: NetworkProps) {
  return (
    <FormSection title="Network">
      <NetworkFields
        networkMode={networkMode}
        value={value}
        onChange={(network) => change({ network })}
        problem={problem}
      />
    </FormSection>
  );
}

interface PlacementProps {
  value: PlacementRules;
  change: (part: { placement: PlacementRules }) => void;
  problem?: string;
  isDaemon?: boolean;
  /** What else there is to say of placement. */
  children?: ReactNode;
}

export function PlacementSection({ value, change, problem, isDaemon, children }: PlacementProps) {
  return (
    <FormSection title="Placement">
      <PlacementFields
        key={isDaemon ? 'DAEMON' : 'REPLICA'}
        value={value}
        onChange={(placement) => change({ placement })}
        isDaemon={isDaemon}
      />
      {problem && <FormField errorText={problem} />}
      {children}
    </FormSection>
  );
}
