/** Where a member stands in a document; where it is long, it breaks between its members. */
import { Fragment } from 'react';

export function MemberPath({ path }: { path: string }) {
  const members = path.split(/(?=[.[])/);
  return (
    <b>
      {members.map((member, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: members of one name are told apart by their place
        <Fragment key={index}>
          {index > 0 && <wbr />}
          {member}
        </Fragment>
      ))}
    </b>
  );
}
