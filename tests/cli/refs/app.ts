import { z } from 'zod';

const LIMIT = 'limit';
const schema = z.string('a text').min(1);

export function page(flags, user) {
  const checkout = flags.boolean('new-checkout', user, false);
  const theme = flags.string("theme", user, 'light') + flags.details('theme', user, null).reason;
  if (flags.boolean('new-chekout', user, false)) return flags.number(LIMIT, user, 5);
  flags.kill(['payments', "paymnts"]);
  return isOn(checkout, '<b>tämä</b>', { feature: 'wholly-else' }) || flags.string(`theme`, user, 'light');
}
