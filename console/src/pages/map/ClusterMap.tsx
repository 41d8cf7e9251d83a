/** The cluster as a picture: zones, instances as boxes, tasks in them; live. */
import Alert from '@cloudscape-design/components/alert';
import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { memo } from 'react';
import { useContainerInstances, useTasks } from '../../live/collections';
import { EmptyState } from '../../widgets/EmptyState';
import { FailureAlert } from '../../widgets/FailureAlert';
import { GhostBox, InstanceBoxView } from './boxes';
import { colourOf, mapColours } from './colours';
import './map.css';
import { TaskCells } from './TaskCells';
import { useSight } from './useSight';

/** More boxes than this in a zone are counted, not drawn. */
const BOXES_MAX = 120;
/** As many services and families as there are colours are named. */
const OWNERS_MAX = 10;
/** So many instances are drawn at once; of more, what is in sight. */
const WHOLE_MAX = 60;

export default function ClusterMap({ cluster }: { cluster: string }) {
  const instances = useContainerInstances(cluster);
  const tasks = useTasks(cluster);
  const { picture, ghosts } = useSight(instances, tasks);
  const failure = instances.failure ?? tasks.failure;
  if (failure && !instances.items.length) {
    return <FailureAlert failure={failure} title="The map could not be drawn" />;
  }
  if (instances.isLoading && !instances.items.length) return <Spinner size="large" />;
  if (!instances.items.length && !ghosts.length) return <NoInstances />;
  return (
    <div className="map" style={mapColours}>
      <SpaceBetween size="m">
        <Legend owners={picture.owners} />
        {picture.waiting.length > 0 && (
          <Alert type="info" header={`${picture.waiting.length} waiting for a place`}>
            <TaskCells cells={picture.waiting} owners={picture.owners} cluster={cluster} />
          </Alert>
        )}
        <div className="map-zones">
          {picture.zones.map((zone) => (
            <Container
              key={zone.name}
              header={
                <Header variant="h2" counter={`(${zone.boxes.length})`}>
                  {zone.name}
                </Header>
              }
            >
              <div className="map-boxes">
                {zone.boxes.slice(0, BOXES_MAX).map((box) => (
                  <InstanceBoxView
                    key={box.arn}
                    box={box}
                    owners={picture.owners}
                    cluster={cluster}
                    isWhole={instances.items.length <= WHOLE_MAX}
                  />
                ))}
                {zone.boxes.length > BOXES_MAX && (
                  <Box>… and {zone.boxes.length - BOXES_MAX} more container instances</Box>
                )}
              </div>
            </Container>
          ))}
        </div>
        {ghosts.length > 0 && (
          <Container
            header={
              <Header
                variant="h2"
                description="Deregistered: no longer in the cluster, not terminated. What ran there goes on as orphans that ECS does not monitor."
              >
                Just left
              </Header>
            }
          >
            <div className="map-boxes">
              {ghosts.map((ghost) => (
                <GhostBox
                  key={ghost.instance.containerInstanceArn}
                  ghost={ghost}
                  cluster={cluster}
                />
              ))}
            </div>
          </Container>
        )}
      </SpaceBetween>
    </div>
  );
}

const Legend = memo(function Legend({ owners }: { owners: readonly string[] }) {
  return (
    <div className="map-legend">
      {owners.slice(0, OWNERS_MAX).map((owner) => (
        <span key={owner}>
          <i className="map-cell" style={{ background: colourOf(owner, owners) }} aria-hidden />{' '}
          {owner}
        </span>
      ))}
      {owners.length > OWNERS_MAX && (
        <span>… and {owners.length - OWNERS_MAX} more, in these colours again</span>
      )}
      <span>
        <i className="map-cell coming" aria-hidden /> starting
      </span>
      <span>
        <i className="map-cell leaving" aria-hidden /> stopping
      </span>
      <span>
        <i className="map-cell failed" aria-hidden /> failed
      </span>
      <span>
        <i className="map-cell orphan" aria-hidden /> orphan
      </span>
    </div>
  );
});

function NoInstances() {
  return (
    <EmptyState title="No container instances">
      Instances appear here, zone by zone, with the tasks on them. Add one with{' '}
      <Box variant="code">roadstead instance add</Box>.
    </EmptyState>
  );
}
