/** A container instance as a box, and one that has just left. */
import { memo } from 'react';
import { paths } from '../../app/paths';
import { nameOf } from '../../aws/arns';
import { AppLink } from '../../widgets/AppLink';
import { StatusLabel } from '../../widgets/StatusLabel';
import { When } from '../../widgets/When';
import type { Ghost } from './ghosts';
import { type InstanceBox, ownerOf, type Share } from './layout';
import { TaskCells } from './TaskCells';
import { useNear } from './useNear';

interface Props {
  box: InstanceBox;
  owners: readonly string[];
  cluster: string;
  /** Drawn at once, wherever it is. */
  isWhole: boolean;
}

/** Of hundreds, those that nobody has scrolled to yet are empty. */
export const InstanceBoxView = memo(function InstanceBoxView({ isWhole, ...shown }: Props) {
  const [element, isNear] = useNear<HTMLElement>(isWhole);
  const { box } = shown;
  return (
    <section
      ref={element}
      className={`map-box ${box.status.toLowerCase()}`}
      aria-label={`Instance ${box.name}`}
    >
      {isNear && <BoxContent {...shown} />}
    </section>
  );
});

function BoxContent({ box, owners, cluster }: Omit<Props, 'isWhole'>) {
  return (
    <>
      <header>
        <AppLink to={paths.instance(cluster, nameOf(box.arn))}>{box.name}</AppLink>
        <StatusLabel status={box.isConnected ? box.status : 'FAILED'}>
          {box.isConnected ? box.status : `${box.status}, agent disconnected`}
        </StatusLabel>
      </header>
      <TaskCells cells={box.tasks} owners={owners} cluster={cluster} />
      <Meter name="CPU" share={box.cpu} />
      <Meter name="Memory" share={box.memory} />
    </>
  );
}

function Meter({ name, share }: { name: string; share: Share }) {
  const percent = share.total ? Math.round((100 * share.used) / share.total) : 0;
  return (
    <div className="map-meter" title={`${name}: ${share.used} of ${share.total} taken`}>
      <span>{name}</span>
      <i>
        <b style={{ width: `${percent}%` }} />
      </i>
      <span>{percent} %</span>
    </div>
  );
}

export function GhostBox({ ghost, cluster }: { ghost: Ghost; cluster: string }) {
  const { instance, orphans, since } = ghost;
  return (
    <section
      className="map-box left"
      aria-label={`Instance ${instance.ec2InstanceId}, deregistered`}
    >
      <header>
        <AppLink to={paths.instance(cluster, nameOf(instance.containerInstanceArn))}>
          {instance.ec2InstanceId ?? nameOf(instance.containerInstanceArn)}
        </AppLink>
        <StatusLabel status="INACTIVE" />
      </header>
      <div className="map-cells">
        {orphans.map((task) => (
          <span
            key={task.taskArn}
            className="map-cell orphan"
            role="img"
            aria-label={`Orphan of ${ownerOf(task)}`}
            title={`Orphan of ${ownerOf(task)}: runs on, unknown to ECS`}
          />
        ))}
      </div>
      <small>
        {orphans.length} {orphans.length === 1 ? 'orphan' : 'orphans'}; left{' '}
        <When at={new Date(since)} />
      </small>
    </section>
  );
}
