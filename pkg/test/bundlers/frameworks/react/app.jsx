import { StrictMode } from 'react';
import { Banner, Flags } from './flags.jsx';

export const app = (client) => (
  <StrictMode>
    <Flags value={client}>
      <Banner />
    </Flags>
  </StrictMode>
);
