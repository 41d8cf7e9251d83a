/** A document as JSON: to read with what looks secret masked, to copy and download whole. */
import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Toggle from '@cloudscape-design/components/toggle';
import { useState } from 'react';
import type { JsonObject } from '../document';
import { hasSecrets, masked } from '../secrets';
import { download } from './download';

interface Props {
  title: string;
  description: string;
  fileName: string;
  document: JsonObject;
}

export function JsonView({ title, description, fileName, document }: Props) {
  const [isShown, show] = useState(false);
  const whole = JSON.stringify(document, null, 2);
  const isMasked = hasSecrets(document);
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={description}
          actions={
            <SpaceBetween direction="horizontal" size="xs" alignItems="center">
              {isMasked && (
                <Toggle checked={isShown} onChange={({ detail }) => show(detail.checked)}>
                  Show secret values
                </Toggle>
              )}
              <CopyToClipboard
                copyButtonText="Copy"
                copyButtonAriaLabel={`Copy ${title}`}
                copySuccessText="JSON copied"
                copyErrorText="The browser does not let us copy"
                textToCopy={whole}
              />
              <Button iconName="download" onClick={() => download(fileName, whole)}>
                Download
              </Button>
            </SpaceBetween>
          }
        >
          {title}
        </Header>
      }
    >
      <Box variant="code">
        <pre className="json">
          {isShown || !isMasked ? whole : JSON.stringify(masked(document), null, 2)}
        </pre>
      </Box>
    </Container>
  );
}
