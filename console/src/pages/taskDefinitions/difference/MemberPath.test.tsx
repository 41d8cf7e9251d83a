import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { MemberPath } from './MemberPath';

test('a long path breaks between members, and reads as before', () => {
  const { container } = render(<MemberPath path="containerDefinitions[web].memory" />);
  expect(container.textContent).toBe('containerDefinitions[web].memory');
  expect(container.innerHTML).toBe('<b>containerDefinitions<wbr>[web]<wbr>.memory</b>');
});
