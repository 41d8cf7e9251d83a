/** Old and new tasks as they come, become healthy and go: a row for each revision. */
import type { Service, Task } from '@aws-sdk/client-ecs';
import { useNavigate } from 'react-router';
import { hrefOf } from '../../app/links';
import { paths } from '../../app/paths';
import { useNow } from '../../widgets/When';
import { type Cell, type Phase, type Row, rolloutOf } from './rollout';
import { serviceColours } from './serviceColours';
import { useTaskHealth } from './useTaskHealth';
import './services.css';

interface Props {
  cluster: string;
  service: Service;
  /** The service's own. */
  tasks: readonly Task[];
}

/** A row draws so many tasks; the rest are counted. */
const CELLS_MAX = 200;

export function RolloutPicture({ cluster, service, tasks }: Props) {
  const now = useNow();
  const healthOf = useTaskHealth(cluster, service, tasks);
  const rows = rolloutOf(service, tasks, now, healthOf);
  return (
    <div style={serviceColours}>
      {rows.map((row) => (
        <RevisionRow key={row.id} row={row} cluster={cluster} />
      ))}
      {!rows.length && <p>No tasks, and no deployment that wants any.</p>}
      <Legend />
    </div>
  );
}

const ROW_CLASS: Record<string, string> = { PRIMARY: 'new', ACTIVE: 'old', DRAINING: 'former' };

function RevisionRow({ row, cluster }: { row: Row; cluster: string }) {
  const more = row.cells.length - CELLS_MAX;
  return (
    <section
      className={`rollout-row ${ROW_CLASS[row.status] ?? 'former'}`}
      aria-label={`${row.revision}, ${row.status}`}
    >
      <div>
        <b>{row.revision || 'unknown revision'}</b>
        <div>{row.status}</div>
        <small>{row.id}</small>
      </div>
      <div>
        <ul className="rollout-cells">
          {row.cells.slice(0, CELLS_MAX).map((cell, index) => (
            <li key={cell.id || `wanted ${index}`}>
              <TaskCell cell={cell} cluster={cluster} />
            </li>
          ))}
          {more > 0 && <li>and {more} more</li>}
        </ul>
        <small>{row.words}</small>
      </div>
    </section>
  );
}

function TaskCell({ cell, cluster }: { cell: Cell; cluster: string }) {
  const navigate = useNavigate();
  const inner = (
    <>
      <Sign phase={cell.phase} />
      <span className="rollout-hidden">{cell.words}</span>
    </>
  );
  const className = `rollout-cell ${cell.phase}`;
  if (!cell.id) {
    return (
      <span className={className} title={cell.words}>
        {inner}
      </span>
    );
  }
  const path = paths.task(cluster, cell.id);
  return (
    <a
      className={className}
      href={hrefOf(path)}
      title={cell.words}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        void navigate(path);
      }}
    >
      {inner}
    </a>
  );
}

const SIGNS: Partial<Record<Phase, string>> = {
  healthy: 'M3 8.5 6.5 12 13 4.5',
  unwell: 'M8 3v6M8 12.5v.1',
  failed: 'M4 4l8 8M12 4l-8 8',
};

/** What a colour says is said by a shape as well. */
function Sign({ phase }: { phase: Phase }) {
  const path = SIGNS[phase];
  if (!path) return null;
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={path} />
    </svg>
  );
}

const LEGEND: readonly [Phase, string][] = [
  ['wanted', 'to start'],
  ['coming', 'PROVISIONING, PENDING or ACTIVATING'],
  ['here', 'RUNNING'],
  ['healthy', 'RUNNING and healthy'],
  ['unwell', 'unhealthy'],
  ['leaving', 'draining or stopping'],
  ['failed', 'failed'],
];

function Legend() {
  return (
    <div className="rollout-legend" aria-hidden="true">
      {LEGEND.map(([phase, words]) => (
        <span key={phase}>
          <i className={`rollout-cell ${phase}`}>
            <Sign phase={phase} />
          </i>
          {words}
        </span>
      ))}
    </div>
  );
}
