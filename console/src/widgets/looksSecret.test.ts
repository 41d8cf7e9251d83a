import { describe, expect, it } from 'vitest';
import { looksSecret } from './looksSecret';

describe('values that look secret', () => {
  it.each([
    'DB_PASSWORD',
    'db-pass',
    'apiToken',
    'API_KEY',
    'AWS_SECRET_ACCESS_KEY',
    'CREDENTIALS',
    'PGPASSWORD',
    'DATABASE_URL',
    'SENTRY_DSN',
  ])('%s', (name) => expect(looksSecret(name)).toBe(true));
  it.each(['COLOUR', 'KEYBOARD', 'PASSENGERS', 'AUTHOR', 'PORT', ''])('but not %s', (name) =>
    expect(looksSecret(name)).toBe(false),
  );
  it('are addresses with a password', () => {
    expect(looksSecret('TARGET', 'postgres://user:pass@db/web')).toBe(true);
    expect(looksSecret('TARGET', 'http://db:8080/web')).toBe(false);
  });
});
