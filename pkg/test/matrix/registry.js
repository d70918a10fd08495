/** A registry on loopback that has serin and nothing else: for tools that take packages from one alone. */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { host } from './host.js';
import { packed } from './packed.js';

export async function registry() {
  const name = String(readdirSync(packed()).find((file) => file.endsWith('.tgz')));
  const tarball = readFileSync(join(packed(), name));
  const manifest = JSON.parse(readFileSync(join(packed(), 'node_modules', 'serin', 'package.json'), 'utf8'));
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
  const made = await host((request, response) => {
    if (request.url === `/${name}`) return response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(tarball);
    if (request.url !== '/serin') return response.writeHead(404).end('{}');
    const dist = { tarball: `${made.origin}/${name}`, integrity };
    const document = { name: 'serin', 'dist-tags': { latest: manifest.version }, versions: { [manifest.version]: { ...manifest, dist } } };
    return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
  });
  return made;
}
