/** A plan over time: a lane for each service, marks where tasks start and end. */
import Box from '@cloudscape-design/components/box';
import ExpandableSection from '@cloudscape-design/components/expandable-section';
import type { PlanChangeResponse } from '../../aws/roadstead';
import { duration } from '../When';
import { counted, moment, stepText } from './planWords';
import type { Lane, Mark, Timeline } from './timeline';

const WIDTH = 720;
const NAME_WIDTH = 130;
const END_WIDTH = 46;
const LANE_HEIGHT = 34;
const AXIS_HEIGHT = 22;
const LANES_SHOWN_MAX = 12;
const STEPS_SHOWN_MAX = 30;
const NAME_LENGTH_MAX = 18;

const along = (at: number) => NAME_WIDTH + at * (WIDTH - NAME_WIDTH - END_WIDTH);

interface Props {
  timeline: Timeline;
  plan: PlanChangeResponse;
}

export function PlanTimeline({ timeline, plan }: Props) {
  const lanes = timeline.lanes.slice(0, LANES_SHOWN_MAX);
  const height = lanes.length * LANE_HEIGHT + AXIS_HEIGHT;
  return (
    <div>
      <Box variant="awsui-key-label">Over time</Box>
      <svg
        className="plan-timeline"
        viewBox={`0 0 ${WIDTH} ${height}`}
        role="img"
        aria-label={`Timeline of ${duration(timeline.endSeconds)}; its steps are listed below`}
      >
        {timeline.ticks.map(({ at, seconds }) => (
          <g key={seconds}>
            <line className="plan-tick" x1={along(at)} x2={along(at)} y1={0} y2={height - 18} />
            <text className="plan-text" x={along(at)} y={height - 4} textAnchor="middle">
              {moment(seconds)}
            </text>
          </g>
        ))}
        {lanes.map((lane, index) => (
          <LaneOf key={lane.name} lane={lane} y={index * LANE_HEIGHT + LANE_HEIGHT / 2} />
        ))}
      </svg>
      <Legend lanes={lanes} />
      <Steps plan={plan} hiddenLanes={timeline.lanes.length - lanes.length} />
    </div>
  );
}

function LaneOf({ lane, y }: { lane: Lane; y: number }) {
  const { name, below, steadyAt, marks } = lane;
  const short = name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX - 1)}…` : name;
  return (
    <g>
      <text className="plan-text plan-lane" x={0} y={y + 4}>
        <title>{name}</title>
        {short}
      </text>
      <line className="plan-line" x1={along(0)} x2={along(1)} y1={y} y2={y} />
      {below && (
        <rect
          className="plan-below"
          x={along(below.from)}
          width={Math.max(2, along(below.to) - along(below.from))}
          y={y - 4}
          height={8}
        >
          <title>Fewer healthy tasks than the minimum</title>
        </rect>
      )}
      {marks.map((mark) => (
        <MarkOf key={`${mark.kind} ${mark.at}`} mark={mark} y={y} />
      ))}
      {steadyAt !== undefined && (
        <path className="plan-steady" d={`M ${along(steadyAt) + 4} ${y - 4} l 4 5 l 7 -10`}>
          <title>Steady</title>
        </path>
      )}
    </g>
  );
}

/** What starts is above the line, what ends below it: they never cover each other. */
function MarkOf({ mark, y }: { mark: Mark; y: number }) {
  const starts = mark.kind === 'STARTED';
  const [x, tip] = [along(mark.at), starts ? y - 3 : y + 3];
  const away = starts ? -8 : 8;
  return (
    <g className={`plan-mark plan-mark-${mark.kind.toLowerCase()}`}>
      <title>{mark.title}</title>
      <path d={`M ${x} ${tip} l -5 ${away} h 10 z`} />
      <text className="plan-text" x={x + 8} y={starts ? y - 4 : y + 13}>
        {starts ? '+' : '−'}
        {mark.count}
      </text>
    </g>
  );
}

function Legend({ lanes }: { lanes: readonly Lane[] }) {
  const kinds = new Set(lanes.flatMap(({ marks }) => marks.map(({ kind }) => kind)));
  const words = [
    kinds.has('STARTED') && '▼ above the line: tasks start',
    kinds.has('STOPPED') && '▲ below: tasks are asked to stop',
    kinds.has('ORPHANED') && '▲ hollow: tasks become orphans',
    lanes.some(({ below }) => below) && 'thick: fewer healthy tasks than the minimum',
    lanes.some(({ steadyAt }) => steadyAt !== undefined) && '✓ steady',
  ].filter(Boolean);
  return (
    <Box variant="small" color="text-body-secondary">
      {words.join(' · ')}
    </Box>
  );
}

function Steps({ plan, hiddenLanes }: { plan: PlanChangeResponse; hiddenLanes: number }) {
  const steps = plan.steps ?? [];
  const more = Math.max(0, steps.length - STEPS_SHOWN_MAX) + (plan.stepsOmitted ?? 0);
  return (
    <ExpandableSection headerText={`${counted(steps.length, 'step')} in words`}>
      <ol className="plan-lines">
        {steps.slice(0, STEPS_SHOWN_MAX).map((step, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a step has no name, and its place is its own
          <li key={`${step.atSeconds} ${index}`}>
            {moment(step.atSeconds ?? 0)} <b>{step.serviceName ?? 'standalone'}</b>:{' '}
            {stepText(step)}
            {step.reason ? ` (${step.reason})` : ''}
          </li>
        ))}
      </ol>
      {more > 0 && <Box>… and {counted(more, 'step')} more.</Box>}
      {hiddenLanes > 0 && <Box>{counted(hiddenLanes, 'service')} more than are drawn.</Box>}
    </ExpandableSection>
  );
}
