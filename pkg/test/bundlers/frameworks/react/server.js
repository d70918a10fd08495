import { renderToString } from 'react-dom/server';
import { app } from './app.jsx';

export const render = (client) => renderToString(app(client));
