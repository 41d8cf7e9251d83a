/** An event's message with links to what it names. */
import { paths } from '../../app/paths';
import { AppLink } from '../../widgets/AppLink';
import { partsOf } from '../../widgets/events/eventParts';

export function EventMessage({ message, cluster }: { message: string; cluster: string }) {
  return (
    <>
      {partsOf(message).map(({ kind, name, text }, index) => {
        const key = `${index} ${text}`;
        if (kind === 'task') return <Linked key={key} to={paths.task(cluster, name)} text={text} />;
        if (kind === 'instance')
          return <Linked key={key} to={paths.instance(cluster, name)} text={text} />;
        if (kind === 'target group')
          return <Linked key={key} to={paths.targetGroup(name)} text={text} />;
        return <span key={key}>{text}</span>;
      })}
    </>
  );
}

function Linked({ to, text }: { to: string; text: string }) {
  return <AppLink to={to}>{text}</AppLink>;
}
