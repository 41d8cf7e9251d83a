/** A plan's steps laid out over time: lanes and marks in shares of the whole, for drawing. */
import type { PlanChangeResponse, PlannedService, Step } from '../../aws/roadstead';
import { moment, stepText } from './planWords';

export interface Mark {
  /** 0 to 1. */
  readonly at: number;
  readonly kind: 'STARTED' | 'STOPPED' | 'ORPHANED' | 'OTHER';
  readonly count: number;
  readonly title: string;
}

export interface Lane {
  readonly name: string;
  readonly marks: readonly Mark[];
  /** When it has fewer healthy tasks than its minimum. */
  readonly below?: { readonly from: number; readonly to: number };
  readonly steadyAt?: number;
}

export interface Timeline {
  readonly endSeconds: number;
  readonly ticks: readonly { readonly at: number; readonly seconds: number }[];
  readonly lanes: readonly Lane[];
}

const STANDALONE = 'standalone tasks';
/** Marks nearer to each other than this share are drawn as one. */
const NEAR = 0.02;

/** undefined where nothing moves: there is nothing to draw. */
export function timelineOf(plan: PlanChangeResponse): Timeline | undefined {
  const steps = plan.steps ?? [];
  if (!steps.length) return undefined;
  const services = plan.services ?? [];
  const endSeconds = endOf(plan);
  const share = (seconds: number) => Math.min(1, seconds / endSeconds);
  const seen = steps.filter(({ atSeconds = 0 }) => atSeconds <= endSeconds);
  const names = new Set(seen.map(({ serviceName = STANDALONE }) => serviceName));
  const lanes = [...names].map((name): Lane => {
    const service = services.find(({ serviceName }) => serviceName === name);
    const { belowMinimumSeconds = 0, belowMinimumAtSeconds, steadyAtSeconds } = service ?? {};
    const mine = seen.filter(({ serviceName = STANDALONE }) => serviceName === name);
    return {
      name,
      marks: marksOf(mine, share),
      below:
        belowMinimumSeconds > 0 && belowMinimumAtSeconds !== undefined
          ? {
              from: share(belowMinimumAtSeconds),
              to: share(belowMinimumAtSeconds + belowMinimumSeconds),
            }
          : undefined,
      steadyAt:
        steadyAtSeconds === undefined || steadyAtSeconds > endSeconds
          ? undefined
          : share(steadyAtSeconds),
    };
  });
  return { endSeconds, ticks: ticksOf(endSeconds), lanes };
}

/** When what the change is about is over; others, that were not steady before, may go on for hours. */
function endOf(plan: PlanChangeResponse): number {
  const services = plan.services ?? [];
  const others = new Set(services.flatMap((each) => (each.bystander ? each.serviceName : [])));
  const isAbout = ({ serviceName }: { serviceName?: string }) => !others.has(serviceName);
  const own = (plan.steps ?? []).filter(isAbout);
  const steps = own.length ? own : (plan.steps ?? []);
  const about = own.length ? services.filter(isAbout) : services;
  const atRest = about.filter(({ steadyAtSeconds }) => steadyAtSeconds !== undefined);
  const end = Math.max(
    0,
    ...steps.map(({ atSeconds = 0 }) => atSeconds),
    ...about.map(({ steadyAtSeconds = 0 }) => steadyAtSeconds),
    ...atRest.map(belowUntil),
  );
  // One that never comes to rest is short for as long as was looked at: all else would be a dot.
  return end || Math.max(1, ...about.map(belowUntil));
}

function belowUntil({ belowMinimumAtSeconds = 0, belowMinimumSeconds = 0 }: PlannedService) {
  return belowMinimumAtSeconds + belowMinimumSeconds;
}

function marksOf(steps: readonly Step[], share: (seconds: number) => number): Mark[] {
  const marks: Mark[] = [];
  for (const step of steps) {
    const { atSeconds = 0, taskCount = 0 } = step;
    const kind = known(step.kind);
    const at = share(atSeconds);
    const title = `${moment(atSeconds)}: ${stepText(step)}`;
    const near = marks.findIndex((one) => one.kind === kind && at - one.at < NEAR);
    const before = marks[near];
    if (before) {
      marks[near] = {
        ...before,
        count: before.count + taskCount,
        title: `${before.title}\n${title}`,
      };
    } else {
      marks.push({ at, kind, count: taskCount, title });
    }
  }
  return marks;
}

function known(kind: string | undefined): Mark['kind'] {
  return kind === 'STARTED' || kind === 'STOPPED' || kind === 'ORPHANED' ? kind : 'OTHER';
}

const NICE_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600];

/** Between three and six moments at round numbers. */
export function ticksOf(endSeconds: number): { at: number; seconds: number }[] {
  const step = NICE_SECONDS.find((each) => endSeconds / each <= 6) ?? endSeconds;
  const ticks = [];
  for (let seconds = 0; seconds <= endSeconds; seconds += step) {
    ticks.push({ at: seconds / endSeconds, seconds });
  }
  return ticks;
}
