/** Tasks as small squares: coloured by service, drawn by what they are at. */
import { memo, useCallback } from 'react';
import { useNavigate } from 'react-router';
import { hrefOf } from '../../app/links';
import { paths } from '../../app/paths';
import { colourOf } from './colours';
import type { TaskCell } from './layout';

interface Props {
  cells: readonly TaskCell[];
  owners: readonly string[];
  cluster: string;
}

/** A box shows so many tasks; the rest are counted. */
const CELLS_MAX = 48;

export function TaskCells({ cells, owners, cluster }: Props) {
  const more = cells.length - CELLS_MAX;
  const navigate = useNavigate();
  const follow = useCallback((path: string) => void navigate(path), [navigate]);
  return (
    <div className="map-cells">
      {cells.slice(0, CELLS_MAX).map((cell) => (
        <Cell
          key={cell.id}
          path={paths.task(cluster, cell.id)}
          words={cell.words}
          phase={cell.phase}
          colour={colourOf(cell.owner, owners)}
          onFollow={follow}
        />
      ))}
      {more > 0 && <span className="map-more">+{more}</span>}
    </div>
  );
}

interface CellProps {
  path: string;
  words: string;
  phase: string;
  colour: string;
  onFollow: (path: string) => void;
}

const Cell = memo(function Cell({ path, words, phase, colour, onFollow }: CellProps) {
  return (
    <a
      className={`map-cell ${phase}`}
      style={{ color: colour, background: phase === 'here' ? colour : undefined }}
      href={hrefOf(path)}
      title={words}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onFollow(path);
      }}
    >
      <span className="map-words">{words}</span>
    </a>
  );
});
