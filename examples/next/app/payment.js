'use client';

import { useBooleanFlagValue } from '@openfeature/react-sdk';

export function Payment() {
  return <p>{useBooleanFlagValue('invoices', false) ? 'Pay by invoice' : 'Pay by card'}</p>;
}
