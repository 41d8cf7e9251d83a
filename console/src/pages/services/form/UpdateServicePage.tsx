/** Updates a service: only what was changed is sent, and its plan is shown before. */
import Spinner from '@cloudscape-design/components/spinner';
import { useParams } from 'react-router';
import { paths } from '../../../app/paths';
import { EmptyState } from '../../../widgets/EmptyState';
import { FailureAlert } from '../../../widgets/FailureAlert';
import { PageFrame } from '../../../widgets/PageFrame';
import { useService } from '../queries';
import { UpdateServiceForm } from './UpdateServiceForm';

export default function UpdateServicePage() {
  const { cluster = '', service: name = '' } = useParams();
  const { data: service, error, isPending, refetch } = useService(cluster, name);
  return (
    <PageFrame
      title={`Update ${name}`}
      above={[
        { text: 'Clusters', to: paths.clusters() },
        { text: cluster, to: paths.cluster(cluster) },
        { text: `Service : ${name}`, to: paths.service(cluster, name) },
      ]}
      description="What is left as it is, is not sent."
    >
      {error && (
        <FailureAlert
          failure={error}
          title={`${name} could not be loaded`}
          onRetry={() => void refetch()}
        />
      )}
      {isPending && !error && <Spinner size="large" />}
      {service?.status === 'ACTIVE' && <UpdateServiceForm cluster={cluster} service={service} />}
      {service !== undefined && service?.status !== 'ACTIVE' && (
        <EmptyState title={`${name} cannot be updated`}>
          {service ? `Service was not ACTIVE: it is ${service.status}.` : 'Service not found.'}
        </EmptyState>
      )}
    </PageFrame>
  );
}
