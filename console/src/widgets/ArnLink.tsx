/** The name in an ARN, as a link to its page if it has one. */
import { pathOf } from '../app/paths';
import { nameOf } from '../aws/arns';
import { AppLink } from './AppLink';

export function ArnLink({ arn, children }: { arn: string | undefined; children?: string }) {
  if (!arn) return <>–</>;
  const path = pathOf(arn);
  const text = children ?? nameOf(arn);
  return path ? <AppLink to={path}>{text}</AppLink> : text;
}
