/** From where to where tasks move: one line a service, `i-1 −1 → i-2 +1`. */
import Box from '@cloudscape-design/components/box';
import type { PlannedService } from '../../aws/roadstead';
import { leavesText, type Place, type Places, placesOf } from './planWords';

/** More would not be looked at; the table of services has the sums. */
const PLACES_SHOWN_MAX = 8;

export function PlanMovements({ services }: { services: readonly PlannedService[] }) {
  const moving = services
    .map((service) => ({ service, places: placesOf(service.movements) }))
    .filter(({ places }) => places.leaves.length + places.comes.length > 0);
  if (!moving.length) return null;
  return (
    <div>
      <Box variant="awsui-key-label">Where tasks move</Box>
      {moving.map(({ service, places }) => (
        <div className="plan-move" key={service.serviceArn ?? service.serviceName}>
          <span className="plan-move-name">{service.serviceName}</span>
          <Move places={places} />
        </div>
      ))}
    </div>
  );
}

function Move({ places: { leaves, comes } }: { places: Places }) {
  return (
    <>
      <Side places={leaves} text={leavesText} side="leaves" />
      <span className="plan-move-arrow" aria-hidden="true">
        →
      </span>
      <Side places={comes} text={({ started }) => `+${started}`} side="comes" />
    </>
  );
}

interface SideProps {
  places: readonly Place[];
  side: 'leaves' | 'comes';
  text: (place: Place) => string;
}

function Side({ places, side, text }: SideProps) {
  const more = places.length - PLACES_SHOWN_MAX;
  return (
    <span className="plan-move-side">
      {places.length === 0 && (
        <Box variant="span" color="text-body-secondary">
          {side === 'leaves' ? 'nothing ends' : 'nothing starts'}
        </Box>
      )}
      {places.slice(0, PLACES_SHOWN_MAX).map((place) => (
        <span className={`plan-chip plan-chip-${side}`} key={place.arn ?? place.machine}>
          {place.machine || 'unknown instance'} <b>{text(place)}</b>
        </span>
      ))}
      {more > 0 && <span>and {more} instances more</span>}
    </span>
  );
}
