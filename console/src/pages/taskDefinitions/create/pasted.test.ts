import { expect, it } from 'vitest';
import { isDescription, withoutReadOnly } from './pasted';

it('takes out of a description what can be registered', () => {
  const described = {
    taskDefinition: { family: 'web', revision: 3, status: 'ACTIVE', odd: 1, volumes: [] },
    tags: [{ key: 'a', value: 'b' }],
  };
  expect(isDescription(described)).toBe(true);
  expect(withoutReadOnly(described)).toEqual({
    family: 'web',
    odd: 1,
    volumes: [],
    tags: [{ key: 'a', value: 'b' }],
  });
});

it('leaves what can be registered as it is', () => {
  const registrable = { family: 'web', tags: [] };
  expect(isDescription(registrable)).toBe(false);
  expect(withoutReadOnly(registrable)).toEqual(registrable);
});
