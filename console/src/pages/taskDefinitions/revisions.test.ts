import { expect, it } from 'vitest';
import { filledIn } from './revisions';

it('shows what is listed, filled in by what is described, with the status of the list', () => {
  const listed = [
    { taskDefinitionArn: 'web:3', revision: 3, status: 'ACTIVE' as const },
    { taskDefinitionArn: 'web:2', revision: 2, status: 'INACTIVE' as const },
  ];
  const described = [
    { taskDefinitionArn: 'web:2', revision: 2, status: 'ACTIVE' as const, family: 'web' },
    { taskDefinitionArn: 'web:1', revision: 1, status: 'ACTIVE' as const },
  ];
  expect(filledIn(listed, described)).toEqual([
    listed[0],
    { taskDefinitionArn: 'web:2', revision: 2, status: 'INACTIVE', family: 'web' },
  ]);
});
