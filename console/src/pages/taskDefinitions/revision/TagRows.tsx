/** The tags of a revision: the next one does not inherit them. */
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import { EmptyState } from '../../../widgets/EmptyState';
import { Rows } from '../../../widgets/Rows';

interface Tag {
  key?: string;
  value?: string;
}

export function TagRows({ tags }: { tags: readonly Tag[] }) {
  return (
    <Container
      header={
        <Header variant="h2" description="The next revision does not inherit them.">
          Tags
        </Header>
      }
    >
      {tags.length ? (
        <Rows
          title="Tags"
          items={tags}
          columns={[
            { header: 'Key', cell: ({ key }) => key ?? '–' },
            { header: 'Value', cell: ({ value }) => value || '–' },
          ]}
        />
      ) : (
        <EmptyState title="No tags">A tag is a key with a value, to find and sort by.</EmptyState>
      )}
    </Container>
  );
}
