import { cookies } from 'next/headers';
import { contextOf, edge, url } from '../flags.js';
import { Flags } from './flags.js';
import { Payment } from './payment.js';

export default async function Page() {
  const context = contextOf(await cookies());
  const flags = await edge.at(null, context);
  // As text: a client component takes no object with methods.
  const snapshot = flags.snapshot({ flags: ['invoices'] })?.toString();
  return (
    <>
      <h1>{flags.string('greeting', 'Hello')}</h1>
      <Flags url={url} context={context} snapshot={snapshot}>
        <Payment />
      </Flags>
    </>
  );
}
