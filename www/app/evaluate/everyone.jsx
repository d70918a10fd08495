/** Who gets what from the chosen flag, whatever the context. */
import { useEffect } from 'preact/hooks';
import { Groups } from '../groups.jsx';
import { watch, who } from './further.js';
import { why } from './looked.js';
import { time } from './words.js';

/** Groups that are shown. */
const GROUPS = 60;

export function Everyone() {
  useEffect(() => watch('who'), []);
  const told = who.value;
  const key = why.value?.flag;
  const of = why.value?.flags.get(key ?? '');
  return (
    <>
      {told?.answer && <p class="note">All contexts there can be, at {time(Date.parse(told.answer.at))}, in groups that the rules tell apart. Shares are of the keys in a group; nothing is sampled.</p>}
      <Groups told={told} flag={key} variants={of && { variants: of.variants, off: of.off?.variant }} most={GROUPS} />
    </>
  );
}
