import { render } from '@testing-library/react';
import { expect, test } from 'vitest';
import { Told } from './Told';

test('what stands between backticks is code, and without them', () => {
  const { container } = render(<Told>Run `aws ecs x` or `y`; then wait</Told>);
  expect(container.innerHTML).toBe('Run <code>aws ecs x</code> or <code>y</code>; then wait');
});

test('a sentence without any is left as it is', () => {
  const { container } = render(<Told>Wait.</Told>);
  expect(container.innerHTML).toBe('Wait.');
});
