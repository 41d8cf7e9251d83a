import { describe, expect, it } from 'vitest';
import { notForTheForm, numberOrText, valueAt, withValueAt } from './draft';

const DOCUMENT = {
  family: 'web',
  unknown: { stays: true },
  containerDefinitions: [{ name: 'web', odd: 1, portMappings: [{ containerPort: 80 }] }],
};

describe('a draft', () => {
  it('changes at one place and keeps the rest, known or not', () => {
    const next = withValueAt(DOCUMENT, 'containerDefinitions.0.portMappings.0.hostPort', 8080);
    expect(next).toEqual({
      ...DOCUMENT,
      containerDefinitions: [
        { name: 'web', odd: 1, portMappings: [{ containerPort: 80, hostPort: 8080 }] },
      ],
    });
    expect(DOCUMENT.containerDefinitions[0]?.portMappings[0]).toEqual({ containerPort: 80 });
  });

  it('makes lists and objects that are not there yet', () => {
    expect(withValueAt({}, 'containerDefinitions.0.healthCheck.interval', 30)).toEqual({
      containerDefinitions: [{ healthCheck: { interval: 30 } }],
    });
  });

  it('takes away members and items', () => {
    expect(withValueAt(DOCUMENT, 'unknown', undefined)).not.toHaveProperty('unknown');
    expect(withValueAt(DOCUMENT, 'containerDefinitions.0', undefined)).toEqual({
      family: 'web',
      unknown: { stays: true },
      containerDefinitions: [],
    });
  });

  it('reads what is there, and nothing where nothing is', () => {
    expect(valueAt(DOCUMENT, 'containerDefinitions.0.portMappings.0.containerPort')).toBe(80);
    expect(valueAt(DOCUMENT, 'volumes.0.name')).toBeUndefined();
    expect(valueAt(DOCUMENT, 'family.0')).toBeUndefined();
  });

  it('keeps what is no number as it was typed', () => {
    expect([numberOrText('12'), numberOrText(' '), numberOrText('12a')]).toEqual([
      12,
      undefined,
      '12a',
    ]);
  });

  it('says why the form cannot show it', () => {
    expect(notForTheForm(DOCUMENT)).toBeUndefined();
    expect(notForTheForm([])).toMatch(/is an object/);
    expect(notForTheForm({ containerDefinitions: {} })).toBe(
      'containerDefinitions must be a list of objects.',
    );
    expect(notForTheForm({ containerDefinitions: [{ command: 'sh' }] })).toBe(
      'containerDefinitions[0].command must be a list of strings.',
    );
    expect(notForTheForm({ containerDefinitions: [{ environment: { A: 'b' } }] })).toBe(
      'containerDefinitions[0].environment must be a list of objects.',
    );
  });
});
