import { expect, test } from 'vitest';
import { bindingText, detailsOf, exitText } from './containerWords';

test('an exit code that is not the program’s own is explained', () => {
  expect(exitText({ exitCode: 3 })).toBe('3');
  expect(exitText({ exitCode: 0 })).toBe('0');
  expect(exitText({ exitCode: 137, reason: 'OutOfMemoryError: Container killed' })).toBe(
    '137 (killed by SIGKILL: out of memory, or not stopped within its stop timeout), OutOfMemoryError: Container killed',
  );
  expect(exitText({ reason: 'CannotPullContainerError: no' })).toBe('CannotPullContainerError: no');
  expect(exitText({})).toBe('–');
});

test('a binding is read from the host to the container', () => {
  expect(bindingText({ bindIP: '0.0.0.0', hostPort: 32768, containerPort: 80 })).toBe(
    '0.0.0.0:32768 → 80/tcp',
  );
  expect(bindingText({ containerPortRange: '1-3', hostPortRange: '5-7', protocol: 'udp' })).toBe(
    ':5-7 → 1-3/udp',
  );
});

test('details of an attachment that are not known keep their names', () => {
  const details = [{ name: 'subnetId', value: 'subnet-1' }, { name: 'colour', value: 'red' }, {}];
  expect(detailsOf({ details })).toEqual([
    { label: 'Subnet', value: 'subnet-1' },
    { label: 'colour', value: 'red' },
    { label: 'detail', value: '–' },
  ]);
  expect(detailsOf({})).toEqual([]);
});
