/** A page's heading, the way to it, and its actions. */
import BreadcrumbGroup from '@cloudscape-design/components/breadcrumb-group';
import ContentLayout from '@cloudscape-design/components/content-layout';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { type ReactNode, useEffect } from 'react';
import { useNavigate } from 'react-router';
import { hrefOf } from '../app/links';

interface Props {
  title: string;
  /** The pages above this one. */
  above?: readonly { text: string; to: string }[];
  description?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}

export function PageFrame({ title, above = [], description, actions, children }: Props) {
  const navigate = useNavigate();
  useEffect(() => {
    document.title = `${title} · Roadstead`;
  }, [title]);
  return (
    <SpaceBetween size="s">
      {above.length > 0 && (
        <BreadcrumbGroup
          ariaLabel="Breadcrumbs"
          items={[
            ...above.map(({ text, to }) => ({ text, href: hrefOf(to), to })),
            { text: title, href: '#' },
          ]}
          onFollow={(event) => {
            event.preventDefault();
            const { to } = event.detail.item as { to?: string };
            if (to) void navigate(to);
          }}
        />
      )}
      <ContentLayout
        header={
          <Header variant="h1" description={description} actions={actions}>
            {title}
          </Header>
        }
      >
        <SpaceBetween size="l">{children}</SpaceBetween>
      </ContentLayout>
    </SpaceBetween>
  );
}
