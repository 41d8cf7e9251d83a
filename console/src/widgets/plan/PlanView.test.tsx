import { render, screen } from '@testing-library/react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { describe, expect, it } from 'vitest';
import type { PlanChangeResponse } from '../../aws/roadstead';
import { Plan } from './PlanView';

function show(plan: PlanChangeResponse) {
  const router = createMemoryRouter([{ path: '*', element: <Plan plan={plan} /> }]);
  return render(<RouterProvider router={router} />).container;
}

describe('a plan on the screen', () => {
  it('tells a refusal with code, message and what to do instead', () => {
    const shown = show({
      outcome: 'REFUSED',
      refusal: {
        code: 'InvalidParameterException',
        message: 'Found running tasks on the instance.',
        hint: 'Drain it first.',
      },
    });
    expect(shown.textContent).toContain('Would be refused');
    expect(shown.textContent).toContain('Found running tasks on the instance.');
    expect(shown.textContent).toContain('InvalidParameterException');
    expect(shown.textContent).toContain('→ Drain it first.');
  });

  it('tells who moves from where to where, why something does not fit, and what to remember', () => {
    const shown = show({
      outcome: 'WAITS_FOR_ROOM',
      outcomeReason: 'web waits for room for its next task.',
      services: [
        {
          serviceArn: 'arn:aws:ecs:us-east-1:1:service/default/web',
          serviceName: 'web',
          desiredCount: 3,
          healthyBefore: 3,
          healthyLowest: 2,
          healthyAfter: 2,
          minimumHealthy: 3,
          belowMinimumSeconds: 60,
          belowMinimumAtSeconds: 0,
          outcome: 'WAITS_FOR_ROOM',
          movements: [{ ec2InstanceId: 'i-1', orphaned: 1, started: 0, stopped: 0 }],
          noPlace: {
            message: 'None of 2 container instances can take it.',
            registered: 2,
            able: 0,
            falls: [{ reason: 'RESOURCE:MEMORY', asks: '64 MiB', fell: 2, left: 0 }],
            closest: { ec2InstanceId: 'i-2', reason: 'RESOURCE:MEMORY', lacks: '10 MiB' },
            advice: 'Add an instance.',
          },
        },
      ],
      steps: [{ atSeconds: 0, kind: 'ORPHANED', serviceName: 'web', taskCount: 1 }],
      standaloneTasks: [{ taskArn: 'arn:task/default/abc', group: 'family:web', fate: 'ORPHANED' }],
      notes: [{ code: 'MACHINE_STAYS', message: 'The machine i-1 is not terminated.' }],
    });
    for (const text of [
      'Waits for room',
      'i-1 −1 (orphaned)',
      'nothing starts',
      'RESOURCE:MEMORY',
      'Closest: i-2, lacks 10 MiB',
      'becomes an orphan',
      'The machine i-1 is not terminated.',
      '60',
    ]) {
      expect(shown.textContent).toContain(text === '60' ? '1 min' : text);
    }
    expect(screen.getByRole('img', { name: /Timeline of 1 min/ })).toBeTruthy();
  });

  it('does not break on an answer of which it knows nothing', () => {
    const shown = show({ outcome: 'NEWER', services: [{}], steps: [{}], notes: [{}] });
    expect(shown.textContent).toContain('NEWER');
  });
});
