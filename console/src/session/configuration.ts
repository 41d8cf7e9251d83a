/** What the server tells everybody: its Region and version. Nothing secret. */

export interface Configuration {
  readonly region: string;
  readonly version: string;
}

export async function configuration(): Promise<Configuration> {
  const response = await fetch('/console/config.json', { cache: 'no-store' });
  if (!response.ok) throw new Error(`The server answered ${response.status} to config.json.`);
  return (await response.json()) as Configuration;
}
