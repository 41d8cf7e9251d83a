/** A call of an AWS API: what is sent, and how one would type it. */

export type ServiceName = 'ecs' | 'elbv2' | 'elb' | 'ec2' | 'roadstead';

export interface Call<Output> {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: object;
  /** Sends it. Rejects with the SDK's error; `failureOf` reads it. */
  send(signal?: AbortSignal): Promise<Output>;
}
