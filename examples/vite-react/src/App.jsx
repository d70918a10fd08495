import { OpenFeatureProvider, useBooleanFlagValue, useFlag } from '@openfeature/react-sdk';
import { Suspense, useEffect } from 'react';

/** The visitor and the company they are with: two domains, each with a context of its own. */
export function App({ visitor, company }) {
  return (
    <>
      <OpenFeatureProvider client={visitor.of} suspendUntilReady>
        <Suspense fallback={<p>One moment</p>}>
          <Greeting />
          <Live {...visitor} />
        </Suspense>
      </OpenFeatureProvider>
      <OpenFeatureProvider client={company.of} suspendUntilReady>
        <Suspense fallback={<p>One moment</p>}>
          <Invoices />
          <Live {...company} />
        </Suspense>
      </OpenFeatureProvider>
    </>
  );
}

function Greeting() {
  const { value, reason } = useFlag('greeting', 'Hello');
  return <h1 title={reason}>{value}</h1>;
}

function Invoices() {
  return <p>{useBooleanFlagValue('invoices', false) ? 'Pay by invoice' : 'Pay by card'}</p>;
}

/** What the server decided stays until this part of the page has come alive; from then on changes are live. */
function Live({ client }) {
  useEffect(() => client.adopt(), [client]);
  return null;
}
