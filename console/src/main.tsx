import '@cloudscape-design/global-styles/index.css';
import './console.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { applyTheme } from './app/theme';
import { configuration } from './session/configuration';
import { takeToken } from './session/oneTimeLink';
import { BASE, regionOfPath, setHome, setRegion } from './session/region';
import { nameColours } from './widgets/colours';

applyTheme();
nameColours();
const token = takeToken();
const named = regionOfPath(location.pathname);
const told = configuration().then(({ region }) => {
  setHome(region);
  return region;
});
if (named) {
  setRegion(named);
  told.catch(() => {}); // until it is known, commands name the Region
} else {
  const region = await told;
  setRegion(region);
  history.replaceState(null, '', `${BASE}/${region}${location.pathname.slice(BASE.length) || '/'}`);
}
const root = document.getElementById('root');
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App token={token} />
    </StrictMode>,
  );
}
