import { expect, it } from 'vitest';
import { clusterNameProblem } from './clusterNames';

it('takes letters, digits, hyphens and underscores, up to 255', () => {
  expect(clusterNameProblem('prod_1-a', [])).toBeUndefined();
  expect(clusterNameProblem('a'.repeat(255), [])).toBeUndefined();
  expect(clusterNameProblem('a'.repeat(256), [])).toContain('1 to 255');
  expect(clusterNameProblem('prod.1', [])).toContain('1 to 255');
  expect(clusterNameProblem('', [])).toContain('1 to 255');
});

it('says that a name is taken', () => {
  expect(clusterNameProblem('default', ['default'])).toBe('There is a cluster default already.');
});
