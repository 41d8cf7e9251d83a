import { screen } from '@testing-library/react';
import { describe, expect, test } from 'vitest';
import { openPage } from '../test.page';

const FORMS = [
  ['run-task', 'Run task'],
  ['create-service', 'Create'],
] as const;

describe.each(FORMS)('/%s', (path, button) => {
  test('of a cluster that is not there says so, and leads to those that are', async () => {
    openPage(`/clusters/nope/${path}`, { DescribeClusters: { clusters: [], failures: [] } });
    expect(await screen.findByText('There is no cluster nope')).toBeTruthy();
    expect(document.body.textContent).toContain('ClusterNotFoundException');
    const way = screen.getByRole('link', { name: 'See which clusters there are' });
    expect(way.getAttribute('href')).toMatch(/\/clusters$/);
    expect(screen.queryByRole('button', { name: button })).toBeNull();
  });

  test('of a deleted one says how it comes back', async () => {
    const clusters = [{ clusterName: 'old', status: 'INACTIVE' }];
    openPage(`/clusters/old/${path}`, { DescribeClusters: { clusters } });
    expect(await screen.findByText('Cluster old is INACTIVE')).toBeTruthy();
    expect(document.body.textContent).toContain('aws ecs create-cluster --cluster-name old');
    expect(screen.queryByRole('button', { name: button })).toBeNull();
  });

  test('of one that is there is a form', async () => {
    const clusters = [{ clusterName: 'default', status: 'ACTIVE' }];
    openPage(`/clusters/default/${path}`, { DescribeClusters: { clusters } });
    expect(await screen.findByRole('button', { name: button })).toBeTruthy();
  });
});
