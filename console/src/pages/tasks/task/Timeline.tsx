/** Which part of a task's life took how long; goes on while it does. */
import type { Task } from '@aws-sdk/client-ecs';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import {
  borderRadiusBadge,
  colorBorderDividerDefault,
  colorTextBodySecondary,
  colorTextStatusInfo,
  colorTextStatusSuccess,
} from '@cloudscape-design/design-tokens';
import type { CSSProperties } from 'react';
import { Sign } from '../../../widgets/Sign';
import { duration, useNow } from '../../../widgets/When';
import { mayRunOn } from '../orphans';
import { type Phase, timelineOf } from '../taskTimeline';

const COLOURS = {
  '--task-start': colorTextStatusInfo,
  '--task-run': colorTextStatusSuccess,
  '--task-stop': colorTextBodySecondary,
  '--task-line': colorBorderDividerDefault,
  '--task-radius': borderRadiusBadge,
} as CSSProperties;

export function Timeline({ task }: { task: Task }) {
  const now = useNow();
  const { phases, stoppedAt, startSeconds, stopSeconds } = timelineOf(task, now);
  const words = [
    startSeconds === undefined ? '' : `It ran ${duration(startSeconds)} after it was created.`,
    !stopSeconds ? '' : `Stopping it took ${duration(stopSeconds)}.`,
    'Bars of starting and stopping have one scale; running has none.',
  ];
  return (
    <Container
      header={
        <Header variant="h2" description={words.filter(Boolean).join(' ')}>
          Timeline
        </Header>
      }
    >
      <ol className="task-timeline" style={COLOURS}>
        {phases.map((phase) => (
          <Row key={phase.id} phase={phase} />
        ))}
        {stoppedAt && (
          <li>
            <Moment at={stoppedAt} name="stoppedAt" />
            {mayRunOn(task) ? (
              <Sign type="warning">Recorded as STOPPED; no end was reported</Sign>
            ) : (
              <Sign type="stopped">Stopped</Sign>
            )}
          </li>
        )}
      </ol>
    </Container>
  );
}

function Row({ phase }: { phase: Phase }) {
  const { id, label, at, seconds, isOpen, kind, share } = phase;
  const sign = isOpen ? (kind === 'run' ? 'success' : 'in-progress') : 'stopped';
  return (
    <li>
      <Moment at={at} name={id} />
      {isOpen ? <Sign type={sign}>{label}</Sign> : <span>{label}</span>}
      <b className="task-took">
        {duration(seconds)}
        {isOpen ? ' so far' : ''}
      </b>
      <span
        className={`task-bar task-bar-${kind}`}
        style={{ '--task-share': `${Math.round(share * 100)}%` } as CSSProperties}
      />
    </li>
  );
}

function Moment({ at, name }: { at: Date; name: string }) {
  return (
    <time dateTime={at.toISOString()} title={`${name}: ${at.toISOString()}`}>
      {at.toLocaleTimeString(undefined, { hour12: false })}
    </time>
  );
}
