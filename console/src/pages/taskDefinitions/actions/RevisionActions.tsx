/** The menu "Actions" of the selected revisions. */
import type { TaskDefinition } from '@aws-sdk/client-ecs';
import ButtonDropdown from '@cloudscape-design/components/button-dropdown';
import { useNavigate } from 'react-router';
import { paths } from '../../../app/paths';
import { revisionOf } from '../../../aws/arns';
import { revisionNumber } from '../summary';
import { ACTIONS, type ActionId, whyNot } from './choices';

interface Props {
  selected: readonly TaskDefinition[];
  /** What the one that is selected is compared with, where another cannot be selected. */
  comparedWith?: TaskDefinition;
  /** Those that a dialog asks about; the others lead to a page of their own. */
  onAsk: (action: ActionId) => void;
}

export function RevisionActions({ selected, comparedWith, onAsk }: Props) {
  const navigate = useNavigate();
  const concerned = (action: ActionId) =>
    action === 'compare' && comparedWith ? [...selected, comparedWith] : selected;
  const choose = (action: ActionId) => {
    const [first, second] = [...concerned(action)].sort(
      (a, b) => revisionNumber(a) - revisionNumber(b),
    );
    if (!first) return;
    const { family, revision } = revisionOf(first.taskDefinitionArn);
    if (action === 'create-revision') void navigate(paths.createRevision(family, revision));
    else if (action === 'compare' && second)
      void navigate(paths.difference(family, revision, revisionNumber(second)));
    else onAsk(action);
  };
  return (
    <ButtonDropdown
      expandToViewport
      items={ACTIONS.map(({ id, text }) => {
        const reason = whyNot(id, concerned(id));
        return { id, text, disabled: reason !== undefined, disabledReason: reason };
      })}
      onItemClick={({ detail }) => choose(detail.id as ActionId)}
    >
      Actions
    </ButtonDropdown>
  );
}
